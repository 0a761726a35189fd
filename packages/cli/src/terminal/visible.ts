/**
 * Text of others, made harmless for a terminal: an escape sequence could rewrite what stands above it, a bidirectional
 * override could turn a line round. Everything else, emoji with their joiners included, stays as it is.
 */

/** A CR that does not end a line as CR LF. */
const LONE_CR = /\r(?!\n)/g;
/** C0 but tab, LF and CR; DEL and C1. */
const CONTROLS = [...range(0x00, 0x08), 0x0b, 0x0c, ...range(0x0e, 0x1f), ...range(0x7f, 0x9f)];
/**
 * Directional marks, embeddings, overrides and isolates (UAX #9), line and paragraph separator, interlinear marks; and what has
 * no width and joins nothing: two names that look the same must not differ by it.
 */
const INVISIBLE = [
  0x00ad,
  0x034f,
  0x061c,
  ...range(0x115f, 0x1160),
  0x180e,
  0x200b,
  0x200e,
  0x200f,
  ...range(0x2028, 0x202e),
  ...range(0x2060, 0x2064),
  ...range(0x2066, 0x2069),
  0x3164,
  0xfeff,
  0xffa0,
  ...range(0xfff9, 0xfffb),
];
/** What each of them is replaced by. */
const PICTURES = [...CONTROLS, ...INVISIBLE].map((code) => [String.fromCodePoint(code), picture(code)] as const);
/** One of them, or a CR. */
export const HARMFUL: RegExp = new RegExp(
  `[${PICTURES.map(([character]) => `\\u{${character.codePointAt(0)?.toString(16)}}`).join('')}\r]`,
  'u',
);

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** U+2400 … U+2421 picture the control characters of ASCII. */
function picture(code: number): string {
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? '\u2421' : `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}

/** Text of several lines: line feeds, tabs and CR LF stay, all other control characters are shown as pictures. */
export function visible(text: string): string {
  if (!HARMFUL.test(text)) return text;
  // one fast pass for each character that occurs: somebody may send megabytes of them
  let shown = text.replace(LONE_CR, picture(0x0d));
  for (const [character, pictured] of PICTURES) shown = shown.replaceAll(character, pictured);
  return shown;
}

/** Text that has to stay on one line (a name, something that is not sealed): line breaks are pictures too. */
export function visibleLine(text: string): string {
  return visible(text).replace(/[\n\t\r]/g, (character) => picture(character.charCodeAt(0)));
}
