import { textOf } from './decode.ts';
import { HttpError } from './errors.ts';

/** A number as it was written: `24.90` and `12345678901234567890` keep their digits. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A number as a value of an object. Seldom true by mistake (inside a string), and then only slower. */
const HAS_NUMBER = /"\s*:\s*-?\d/;

/**
 * Parses a JSON body; numbers come as {@link JsonNumber}. A name that stands twice counts the last time.
 * @throws {HttpError} 422 when it is not UTF-8, 400 when it is not JSON
 */
export function parseJsonBody(body: Uint8Array): unknown {
  const json = textOf(body).replace(/^\uFEFF/, '');
  try {
    return HAS_NUMBER.test(json) ? JSON.parse(json, keepDigits) : JSON.parse(json);
  } catch {
    // a SyntaxError, or a RangeError when it nests too deep; its message would quote the body
    throw new HttpError('badRequest', 'The body is not valid JSON.');
  }
}

function keepDigits(_name: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' ? new JsonNumber(context?.source ?? String(value)) : value;
}

/** True for a JSON object: neither null nor an array nor a number. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);
}

/** A JSON value as it is stored: a string (thingspeak-api 2.1). Null for a list or an object. */
export function scalarText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (value instanceof JsonNumber) return value.text;
  return typeof value === 'boolean' ? String(value) : null;
}
