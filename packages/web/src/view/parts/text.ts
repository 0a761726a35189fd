/** Characters that would change how the text around them is shown. */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const LONGEST_NAME = 60;

/** What others call themselves, in a line of ours: without direction marks and line ends, and not endless. */
export function nameInLine(name: string): string {
  const line = name
    .replace(BIDI, '')
    .replace(/\p{Cc}/gu, ' ')
    .trim();
  const letters = Array.from(line);
  return letters.length > LONGEST_NAME ? `${letters.slice(0, LONGEST_NAME).join('')}…` : line;
}

/** The letter of a picture that stands for a name. */
export function initial(name: string): string {
  return (Array.from(nameInLine(name))[0] ?? '?').toUpperCase();
}
