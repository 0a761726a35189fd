/** Names that Windows keeps for devices, with whatever extension. */
const DEVICES = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;
/** Controls, lone surrogates, what turns the direction of writing, what cannot be seen. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u{115f}\u{1160}\u{3164}\u{ffa0}]/gu;
/** What some file system takes for something else. */
const SPECIAL = /[<>:"|?*]/g;
/** File systems take 255 bytes; a number and an ending of ours must fit behind. */
const MAX_BYTES = 200;
const UNNAMED = 'file';

/**
 * A harmless name for a file of others: the last part of what may be a path, without what cannot be seen, without dots or blanks
 * at its ends, none that a system keeps for itself, at most 200 bytes of UTF-8, its extension kept.
 *
 * @param name as its sender wrote it: anything
 */
export function fileName(name: string): string {
  const last = name.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const plain = trimmed(last.replace(UNSEEN, '').replace(SPECIAL, '_'));
  const short = trimmed(shortened(DEVICES.test(plain) ? `_${plain}` : plain));
  return short === '' ? UNNAMED : short;
}

/** The same name with a number: `photo (2).jpg`. */
export function numbered(name: string, number: number): string {
  const [stem, extension] = parts(name);
  return `${stem} (${number})${extension}`;
}

function trimmed(name: string): string {
  return name.replace(/^[.\s]+|[.\s]+$/gu, '');
}

function shortened(name: string): string {
  const [stem, extension] = parts(name);
  const room = MAX_BYTES - byteLength(extension);
  if (byteLength(stem) <= room) return name;
  let cut = '';
  for (let [at, bytes] = [0, 0]; at < stem.length;) {
    const character = String.fromCodePoint(stem.codePointAt(at) ?? 0);
    if ((bytes += byteLength(character)) > room) break;
    cut += character;
    at += character.length;
  }
  return cut + extension;
}

/** Name and extension; a long one is none. */
function parts(name: string): [stem: string, extension: string] {
  const at = name.lastIndexOf('.');
  return at > 0 && name.length - at <= 16 ? [name.slice(0, at), name.slice(at)] : [name, ''];
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
