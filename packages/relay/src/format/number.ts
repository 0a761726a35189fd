/** Optional sign, digits, optional fraction: what ThingSpeak takes for a number (thingspeak-api 3.5); a comma is a point. */
const NUMERIC = /^[+-]?\d+(?:[.,]\d+)?$/;
/** Digits that `toFixed` can give. */
const MAX_DECIMALS = 100;
/** From here on `toFixed` writes an exponent; such a number has no decimals to round. */
const TOO_LARGE = 1e21;

/** A field's value as a number; null when it is none. */
export function numericValue(value: string | null): number | null {
  const trimmed = value?.trim() ?? '';
  return NUMERIC.test(trimmed) ? Number(trimmed.replace(',', '.')) : null;
}

/** A numeric value as `sprintf("%.nf")` writes it; a decimal comma stays one. Anything else is left as it is. */
export function roundValue(value: string | null, decimals: number): string | null {
  const number = numericValue(value);
  if (number === null || Math.abs(number) >= TOO_LARGE) return value;
  const rounded = toFixedEven(number, Math.min(Math.max(decimals, 0), MAX_DECIMALS));
  return value?.includes(',') ? rounded.replace('.', ',') : rounded;
}

/** C rounds a tie to the even digit, `toFixed` away from zero. A binary fraction is a tie where its last bit is 1/2ⁿ⁺¹. */
function toFixedEven(number: number, decimals: number): string {
  const away = number.toFixed(decimals);
  const tie = Number.isInteger(number * 2 ** (decimals + 1)) && !Number.isInteger(number * 2 ** decimals);
  const odd = Number(away.at(-1)) % 2 === 1;
  return tie && odd ? (number * (1 - 2 ** -50)).toFixed(decimals) : away;
}

/** A whole number as Ruby's `to_i` reads it, and so ThingSpeak: leading digits, else 0. */
export function toInteger(text: string): number {
  return Number(/^\s*[+-]?\d{1,15}/.exec(text)?.[0] ?? 0);
}
