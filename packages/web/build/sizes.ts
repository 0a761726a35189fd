import { gzipSync } from 'node:zlib';
import type { Output } from './bundle.ts';

/** The most that may be loaded, in bytes after gzip. */
export const BUDGET = { shell: 30_000, firstMessage: 80_000 } as const;

/** What the page asks for until the first message is there, beside what index.html loads: the engine, and the relay's side. */
const UNTIL_FIRST_MESSAGE = ['/src/engine/app.ts', '/src/view/relay-side/relay-side.tsx'];

/** The page and its own script, which all begins with: in a file with others they would wait for themselves. */
const MAIN = /\/(?:index\.html|src\/main\.tsx)$/;

/** Bytes after gzip. */
export interface Sizes {
  /** What index.html loads by itself, it included. */
  readonly shell: number;
  /** All until the first message: the shell too. */
  readonly firstMessage: number;
  readonly files: readonly Size[];
  /** Modules that the list above names and no file has: it is out of date. */
  readonly missing: readonly string[];
}

interface Size {
  readonly name: string;
  readonly when: 'shell' | 'first message' | 'later';
  readonly bytes: number;
}

/** Weighs a build. */
export function sizesOf(outputs: readonly Output[], page: Uint8Array): Sizes {
  const [shell, first] = stages(outputs);
  const files = outputs
    .filter(({ fileName }) => fileName.startsWith('assets/'))
    .map((part): Size => {
      const when = shell.has(part.fileName) ? 'shell' : first.has(part.fileName) ? 'first message' : 'later';
      return { name: part.fileName, when, bytes: weigh(part.type === 'chunk' ? part.code : part.source) };
    })
    .toSorted((a, b) => b.bytes - a.bytes);
  const sum = (when: Size['when']): number =>
    files.reduce((total, file) => total + (file.when === when ? file.bytes : 0), 0);
  const shellBytes = weigh(page) + sum('shell');
  const missing = UNTIL_FIRST_MESSAGE.filter((module) => chunkOf(module, outputs) === undefined);
  return { shell: shellBytes, firstMessage: shellBytes + sum('first message'), files, missing };
}

/** Modules by when they are loaded: with the page, and from then until the first message. */
export interface ModulesByStage {
  readonly shell: ReadonlySet<string>;
  readonly firstMessage: ReadonlySet<string>;
}

/** What is loaded when; the page and its own script are in neither. */
export function modulesByStage(outputs: readonly Output[]): ModulesByStage {
  const [shell, first] = stages(outputs);
  const modulesOf = (isIn: (name: string) => boolean): ReadonlySet<string> => {
    const chunks = outputs.filter((part) => part.type === 'chunk').filter(({ fileName }) => isIn(fileName));
    return new Set(chunks.flatMap(({ moduleIds }) => moduleIds).filter((id) => !MAIN.test(id)));
  };
  return {
    shell: modulesOf((name) => shell.has(name)),
    firstMessage: modulesOf((name) => first.has(name) && !shell.has(name)),
  };
}

/** Names of the files of the shell, and of all until the first message. */
function stages(outputs: readonly Output[]): readonly [shell: ReadonlySet<string>, first: ReadonlySet<string>] {
  const entries = outputs.filter((part) => part.type === 'chunk' && part.isEntry).map(({ fileName }) => fileName);
  const wanted = UNTIL_FIRST_MESSAGE.flatMap((module) => chunkOf(module, outputs) ?? []);
  return [reachedFrom(entries, outputs), reachedFrom([...entries, ...wanted], outputs)];
}

/** A table for people, the budget beside it. */
export function sizeTable({ shell, firstMessage, files }: Sizes): string {
  const line = (name: string, bytes: number, note: string): string =>
    `${name.padEnd(46)} ${(bytes / 1000).toFixed(1).padStart(7)} kB  ${note}`;
  const against = (bytes: number, most: number): string => `${bytes <= most ? 'of' : 'TOO MUCH, of'} ${most / 1000} kB`;
  return [
    ...files.map(({ name, bytes, when }) => line(name, bytes, when)),
    '',
    line('shell', shell, against(shell, BUDGET.shell)),
    line('until the first message', firstMessage, against(firstMessage, BUDGET.firstMessage)),
  ].join('\n');
}

function weigh(content: string | Uint8Array): number {
  return gzipSync(content, { level: 9 }).length;
}

/** The chunk that has a module. */
function chunkOf(module: string, outputs: readonly Output[]): string | undefined {
  return outputs.find((part) => part.type === 'chunk' && part.moduleIds.some((id) => id.endsWith(module)))?.fileName;
}

/** Names of all that these chunks load statically: themselves, their imports, and styles. */
function reachedFrom(names: readonly string[], outputs: readonly Output[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const visit = (name: string): void => {
    if (reached.has(name)) return;
    reached.add(name);
    const part = outputs.find(({ fileName }) => fileName === name);
    if (part?.type !== 'chunk') return;
    for (const next of [...part.imports, ...(part.viteMetadata?.importedCss ?? [])]) visit(next);
  };
  for (const name of names) visit(name);
  return reached;
}
