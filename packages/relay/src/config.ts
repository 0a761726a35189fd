import { readFileSync } from 'node:fs';
import { RelayError } from './relay-error.ts';

/** The option that names the file; it stands in none. */
export const CONFIG = 'config';

/** A name this many changes away is taken for a slip of the same one. */
const SLIP = 4;

/**
 * The settings in a config file: a JSON object whose names are those of the flags, without dashes before them.
 * `source` is what named the file, for errors.
 * @throws {RelayError} `bad-option`: it cannot be read, is no such object, or has a name that does not exist
 */
export function readConfig(path: string, source: string, names: readonly string[]): Map<string, string> {
  const settings = new Map<string, string>();
  for (const [name, value] of Object.entries(parsed(path, source))) {
    if (!names.includes(name)) {
      const near = nearest(name, names);
      const hint = near === null ? `The names are those of the flags: ${names.join(', ')}.` : `Did you mean ${near}?`;
      throw new RelayError('bad-option', `${path} has a setting ${name}, which does not exist.`, hint);
    }
    if (typeof value === 'object') {
      throw new RelayError(
        'bad-option',
        `${name} in ${path} must be one value.`,
        'Give a text, a number, true or false.',
      );
    }
    settings.set(name, String(value));
  }
  return settings;
}

function parsed(path: string, source: string): object {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new RelayError('bad-option', `${source}: ${path} cannot be read (${code}).`, 'Check the path.', {
      cause: error,
    });
  }
  let value: unknown = null;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // said below
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new RelayError(
    'bad-option',
    `${source}: ${path} is not a JSON object.`,
    'Write it as {"port": 8131, "keep-days": 30}.',
  );
}

function nearest(name: string, names: readonly string[]): string | null {
  const bare = name
    .replace(/^-+/, '')
    .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    .replaceAll('_', '-');
  const [best] = names
    .map((known) => ({ known, changes: changesBetween(bare, known) }))
    .sort((a, b) => a.changes - b.changes);
  return best !== undefined && best.changes <= SLIP ? best.known : null;
}

/** Letters to add, leave out or replace (Levenshtein). */
function changesBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(one).entries()) {
    const next = [index + 1];
    for (let at = 0; at < other.length; at++) {
      const replaced = (row[at] ?? 0) + (letter === other[at] ? 0 : 1);
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
