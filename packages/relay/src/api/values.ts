import { HttpError } from '../http/errors.ts';
import { scalarText } from '../http/json-body.ts';
import type { Params } from '../http/params.ts';
import type { Limits } from '../limits.ts';
import { VALUE_NAMES, type Values } from '../store/store.ts';

/** Other names of a value, in the order in which they win (thingspeak-api 2.1). */
const NAMES: readonly (readonly string[])[] = VALUE_NAMES.map((name) => {
  if (name === 'latitude') return ['latitude', 'lat'];
  if (name === 'longitude') return ['longitude', 'long'];
  return name.startsWith('field') ? [name, name.slice('field'.length)] : [name];
});

/** The values of an entry in a request. @throws {HttpError} 400 too long, 422 not text */
export function valuesOfParams(params: Params, limits: Limits): Values {
  return checked(
    NAMES.map((names) => params.first(...names)),
    limits,
  );
}

/** The values of an element of a bulk update. @throws {HttpError} 400 too long or not one value, 422 not text */
export function valuesOfObject(object: Readonly<Record<string, unknown>>, limits: Limits): Values {
  const values = NAMES.map((names) => {
    const given = names.map((name) => object[name]).find((value) => value !== undefined && value !== null);
    if (given === undefined) return null;
    const value = scalarText(given);
    if (value === null) throw new HttpError('badRequest', `${names[0]} must be one value, not a list or an object.`);
    return value;
  });
  return checked(values, limits);
}

/** The values that came as JSON numbers, by their place in {@link VALUE_NAMES}. */
export function numbersOfParams(params: Params, values: Values): Map<number, string> {
  const numbers = new Map<number, string>();
  for (const [index, names] of NAMES.entries()) {
    const name = names.find((name) => params.has(name));
    const value = values[index];
    if (name !== undefined && typeof value === 'string' && params.isNumber(name)) numbers.set(index, value);
  }
  return numbers;
}

/** Nothing is ever cut or altered: what does not fit is refused. What ThingSpeak does with it is unknown (1.6). */
function checked(values: Values, limits: Limits): Values {
  let bytes = 0;
  for (const [index, value] of values.entries()) {
    if (value === null) continue;
    checkText(value, VALUE_NAMES[index] ?? '');
    const length = Buffer.byteLength(value);
    if (isTooLong(value, length, limits)) {
      throw new HttpError(
        'badRequest',
        `${VALUE_NAMES[index]} is too long: at most ${limitText(limits)}. Nothing was stored.`,
      );
    }
    bytes += length;
  }
  if (bytes > limits.entryBytes) {
    throw new HttpError('badRequest', `The entry is too long: at most ${limits.entryBytes} bytes. Nothing was stored.`);
  }
  return values;
}

/** @throws {HttpError} 422 for text that no database keeps as it is: a lone surrogate or NUL */
export function checkText(text: string, name: string): void {
  if (text.isWellFormed() && !text.includes('\0')) return;
  throw new HttpError('invalidBytes', `${name} holds a NUL or half of a surrogate pair.`);
}

function isTooLong(value: string, bytes: number, { fieldBytes, fieldCharacters }: Limits): boolean {
  if (fieldCharacters === null) return bytes > fieldBytes;
  return value.length > fieldCharacters && Array.from(value).length > fieldCharacters;
}

function limitText({ fieldBytes, fieldCharacters }: Limits): string {
  return fieldCharacters === null ? `${fieldBytes} bytes` : `${fieldCharacters} characters`;
}
