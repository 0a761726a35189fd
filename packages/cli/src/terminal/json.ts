import { HARMFUL } from './visible.ts';

const EVERY_HARMFUL = new RegExp(HARMFUL.source, 'gu');

/**
 * A value as JSON on one line: all that this command says in JSON. What could be a command to a terminal is escaped,
 * beyond what JSON asks for (C1, DEL, what turns the direction of writing): the value is the same.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    EVERY_HARMFUL,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The same with its line end. */
export function jsonLine(value: unknown): string {
  return `${jsonText(value)}\n`;
}
