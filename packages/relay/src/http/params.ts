import { PARAMETERS } from '../limits.ts';
import { decodeComponent, textOf } from './decode.ts';
import { HttpError } from './errors.ts';
import { isJsonObject, JsonNumber, parseJsonBody, scalarText } from './json-body.ts';
import { multipartFields } from './multipart.ts';

/** The parameters of a request, from its query and its body; the query wins, and of two of one name the last (Rails). */
export class Params {
  /** A list or an object where one value belongs is kept as null, to be refused only if somebody asks for it. */
  readonly #values = new Map<string, string | null>();
  readonly #numbers = new Set<string>();

  /** The value, or null when it was not given. @throws {HttpError} 400 for a list or an object */
  get(name: string): string | null {
    const value = this.#values.get(name);
    if (value === null) throw new HttpError('badRequest', `${name} must be one value, not a list or an object.`);
    return value ?? null;
  }

  /** The first of these that was given. */
  first(...names: readonly string[]): string | null {
    for (const name of names) {
      const value = this.get(name);
      if (value !== null) return value;
    }
    return null;
  }

  /** The same, but an empty value counts as not given (Rails: `present?`). */
  present(name: string): string | null {
    return this.get(name) || null;
  }

  /** True when it was given, whatever its value. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** True when it came as a JSON number: `get` gives it as it was written. */
  isNumber(name: string): boolean {
    return this.#numbers.has(name);
  }

  /** Adds what a query or a form holds. */
  addEncoded(encoded: string): void {
    if (encoded === '') return;
    const pairs = encoded.split('&', PARAMETERS + 1);
    if (pairs.length > PARAMETERS) throw new HttpError('badRequest', `A request has at most ${PARAMETERS} parameters.`);
    for (const pair of pairs) {
      const equals = pair.indexOf('=');
      if (equals < 0) this.#set(decodeComponent(pair), '');
      else this.#set(decodeComponent(pair.slice(0, equals)), decodeComponent(pair.slice(equals + 1)));
    }
  }

  /** Adds what a body holds; what is neither JSON nor multipart is read as a form, as devices often name no type. */
  addBody(body: Buffer, contentType: string): void {
    if (body.length === 0) return;
    if (/^application\/([\w.+-]+\+)?json\b/i.test(contentType)) this.addJson(parseJsonBody(body));
    else if (/^multipart\/form-data\b/i.test(contentType)) {
      for (const [name, value] of multipartFields(body, contentType, PARAMETERS)) {
        this.#set(textOf(Buffer.from(name, 'latin1')), textOf(Buffer.from(value, 'latin1')));
      }
    } else this.addEncoded(body.toString('latin1'));
  }

  /** Adds a parsed JSON object; null and an absent name are the same. @throws {HttpError} 400 for anything else */
  addJson(value: unknown): void {
    if (!isJsonObject(value)) throw new HttpError('badRequest', 'The JSON body must be an object.');
    const entries = Object.entries(value);
    if (entries.length > PARAMETERS)
      throw new HttpError('badRequest', `A request has at most ${PARAMETERS} parameters.`);
    for (const [name, given] of entries) {
      if (given === null) continue;
      if (given instanceof JsonNumber) this.#numbers.add(name);
      this.#values.set(name, scalarText(given));
    }
  }

  #set(name: string, value: string): void {
    this.#numbers.delete(name);
    this.#values.set(name, value);
  }
}
