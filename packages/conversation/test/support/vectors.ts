import { readFileSync } from 'node:fs';

/** A file of the repository's `vectors/`. */
export function vectors(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../../vectors/${name}`, import.meta.url), 'utf8'));
}
