import type { WriteStream } from 'node:tty';

/** `--color`: `auto` decides by stream and environment. */
export type ColorChoice = 'auto' | 'always' | 'never';

/** Text in a look, or the text as it is where the stream shows no colour. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  /** White on black, whatever the terminal's own colours are. */
  onBlack(text: string): string;
  /** A name in the colour of a key (base64url), which tells members apart. */
  member(key: string, name: string): string;
}

const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], yellow: [33, 39], onBlack: ['97;40', '39;49'] } as const;
/** Neither red nor yellow, which warn. */
const MEMBER_COLOURS = [36, 32, 35, 34, 96, 92, 95, 94] as const;

/** Whether a stream gets colours: the flag, then FORCE_COLOR, NO_COLOR (no-color.org), TERM=dumb, and whether it is a terminal. */
function colours(stream: Partial<WriteStream>, choice: ColorChoice, env: NodeJS.ProcessEnv): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}

/** The looks for one stream. */
export function styleFor(
  stream: Partial<WriteStream>,
  choice: ColorChoice,
  env: NodeJS.ProcessEnv = process.env,
): Style {
  const on = colours(stream, choice, env);
  const look =
    ([open, close]: readonly [number | string, number | string]) =>
    (text: string): string =>
      on ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    bold: look(CODES.bold),
    dim: look(CODES.dim),
    red: look(CODES.red),
    yellow: look(CODES.yellow),
    onBlack: look(CODES.onBlack),
    member: (key, name) => look([MEMBER_COLOURS[key.charCodeAt(0) % MEMBER_COLOURS.length] ?? 36, 39])(name),
  };
}
