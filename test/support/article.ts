import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './processes.ts';

/** Where the article's programs are to talk to, in place of what stands in their first lines. */
export interface ArticlePlace {
  readonly host: string;
  readonly channel: number;
  readonly writeKey: string;
}

/**
 * Copies one of the article's programs into `folder`, with host, channel and key replaced and nothing else touched.
 * Gives the copy's path. Throws when the program no longer has such a line.
 */
export function placeArticleProgram(name: 'sender.py' | 'receiver.py', place: ArticlePlace, folder: string): string {
  let source = readFileSync(join(ROOT, 'examples', 'python', name), 'utf8');
  const replace = (line: RegExp, by: string): void => {
    if (!line.test(source)) throw new Error(`${name} has no line ${String(line)}`);
    source = source.replace(line, by);
  };
  replace(/^HOST = .*$/m, `HOST = ${JSON.stringify(place.host)}`);
  replace(/^CHANNEL = .*$/m, `CHANNEL = ${place.channel}`);
  if (name === 'sender.py') replace(/^WRITE_KEY = .*$/m, `WRITE_KEY = ${JSON.stringify(place.writeKey)}`);
  const copy = join(folder, name);
  writeFileSync(copy, source);
  return copy;
}
