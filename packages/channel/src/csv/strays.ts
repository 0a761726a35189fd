import type { FileHandle } from 'node:fs/promises';
import type { Stray } from './row.ts';
import type { Row } from './rows.ts';
import { LineNumbers } from './rows.ts';

/** Lines next to each other that are no entries: one finding, though a spreadsheet may have rewritten them all. */
export interface StrayLines {
  readonly start: number;
  readonly end: number;
  /** What is wrong with the first one. */
  readonly stray: string;
}

/** So many of them are told as notices; whoever reads is told all that it comes by. */
export const NOTICED_STRAYS = 3;

/** The same with one line more, or begun by it. */
export function withStray(lines: StrayLines | null, { start, end }: Row, { stray }: Stray): StrayLines {
  return lines === null ? { start, end, stray } : { ...lines, end };
}

/** A sentence for the user. `numbers` may be used for what comes behind. */
export async function straySentence({ start, end, stray }: StrayLines, numbers: LineNumbers): Promise<string> {
  const first = await numbers.of(start);
  const last = await numbers.of(end - 1);
  return first === last
    ? `Line ${first} of the file is not an entry: ${stray}; it is left out.`
    : `Lines ${first} to ${last} of the file are not entries (line ${first}: ${stray}); they are left out.`;
}

/** What to tell of a file without reading it: the first ones, and that there are more. */
export async function strayNotices(file: FileHandle, strays: readonly StrayLines[]): Promise<string[]> {
  const numbers = new LineNumbers(file);
  const sentences: string[] = [];
  for (const lines of strays.slice(0, NOTICED_STRAYS)) sentences.push(await straySentence(lines, numbers));
  return strays.length > NOTICED_STRAYS ? [...sentences, 'More lines of the file are not entries.'] : sentences;
}
