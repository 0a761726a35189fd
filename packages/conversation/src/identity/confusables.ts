/**
 * What looks like a Latin letter or digit in the Latin, Cyrillic, Greek and Armenian scripts, after Unicode's
 * confusables.txt (UTS #39, https://www.unicode.org/reports/tr39/), with those beside whose capitals look alike. Not
 * complete, and no defence by itself: it makes "Another device calls itself Ada" show; keys tell people apart.
 */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  a: 'аαɑ',
  b: 'ьвʙβ',
  c: 'сϲ',
  d: 'ԁ',
  e: 'еҽε',
  g: 'ɡց',
  h: 'һнհ',
  j: 'јϳ',
  k: 'кκ',
  // case folding has made I an i, so all of these are one
  l: 'iі1|ӏιıɩǀ',
  m: 'м',
  n: 'ոռη',
  o: '0оοσօ',
  p: 'рρ',
  q: 'ԛզ',
  r: 'г',
  s: 'ѕ',
  t: 'тτ',
  u: 'υս',
  v: 'ѵν',
  w: 'ѡԝ',
  x: 'хχ',
  y: 'уүγ',
  z: 'ζ',
};

/** Greek capitals that look like another Latin letter than their small ones do. */
const CAPITALS: Readonly<Record<string, string>> = { Η: 'H', Ν: 'N', Υ: 'Y', Μ: 'M' };

const LATIN: ReadonlyMap<string, string> = new Map(
  Object.entries(LOOK_ALIKES).flatMap(([latin, others]) =>
    Array.from(others, (other): [string, string] => [other, latin]),
  ),
);

/** Case-folded, with each letter that looks like a Latin one replaced by it: for comparing only. */
export function skeletonOf(text: string): string {
  const capitals = text.replaceAll(/[ΗΝΥΜ]/g, (capital) => CAPITALS[capital] ?? capital);
  // upper case first: it writes ß as SS. Lower case ends a word in ς, which is a σ
  const folded = capitals.toUpperCase().toLowerCase().replaceAll('ς', 'σ');
  const skeleton = Array.from(folded, (character) => LATIN.get(character) ?? character).join('');
  return skeleton.replaceAll('rn', 'm').replaceAll('vv', 'w');
}
