import { HARMFUL } from './visible.ts';

const EVERY_HARMFUL = new RegExp(HARMFUL.source, 'gu');

/**
 * A value as one line of JSON with its line end: all that this command says in JSON. What could be a command to a
 * terminal is escaped, beyond what JSON asks for (C1, DEL, what turns the direction of writing): the value is the same.
 */
export function jsonLine(value: unknown): string {
  const text = JSON.stringify(value).replace(
    EVERY_HARMFUL,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${text}\n`;
}
