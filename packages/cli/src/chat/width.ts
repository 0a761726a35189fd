/**
 * How much room text takes on a terminal, never less than it really does: nobody must be able to fill a line so that what
 * follows appears at the beginning of the next, like a message of somebody else.
 */

/** East Asian Wide and Fullwidth (UAX #11), and emoji, in rough blocks. */
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18d7f}\u{1aff0}-\u{1b2ff}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
// oxlint-disable-next-line no-control-regex -- U+0000 begins ASCII
const ASCII = /^[\u0000-\u007f]*$/;

/** Columns that text takes at most; marks and joiners count as one each. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : 1;
  return width;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** As much of one line as fits, with … where something was left out. */
export function fitted(line: string, columns: number): string {
  if (widthOf(line) <= columns) return line;
  const [head = ''] = wrapped(line, Math.max(columns - 1, 1), 1);
  return `${head}…`;
}

/** One line in pieces of at most `columns`, broken at blanks where there are some; at most `lines` of them. */
export function wrapped(line: string, columns: number, lines: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  let width = 0;
  for (const word of line.split(/(?<= )/)) {
    const long = widthOf(word.trimEnd());
    if (width > 0 && width + long > columns) {
      pieces.push(piece);
      [piece, width] = ['', 0];
    }
    for (const part of long > columns ? Array.from(graphemes.segment(word), ({ segment }) => segment) : [word]) {
      const more = widthOf(part.trimEnd());
      if (width > 0 && width + more > columns) {
        pieces.push(piece);
        [piece, width] = ['', 0];
        if (pieces.length >= lines) return pieces;
      }
      piece += part;
      width += widthOf(part);
    }
    if (pieces.length >= lines) return pieces.slice(0, lines);
  }
  pieces.push(piece);
  return pieces;
}
