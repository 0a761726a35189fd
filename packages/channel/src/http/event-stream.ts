/** A server-sent event (HTML standard, 9.2.6). */
export interface ServerSentEvent {
  /** `message` where the stream names none. */
  readonly type: string;
  /** Its lines, with `\n` between them. */
  readonly data: string;
}

/** An event is longer than anybody needs. */
export class EventTooLong extends Error {
  override readonly name = 'EventTooLong';
}

/**
 * Takes an event stream apart as it comes. Comments are passed over: that they came is all they say. Ids are not kept,
 * as an entry holds its own number.
 */
export class EventStreamParser {
  readonly #decoder = new TextDecoder();
  readonly #mostCharacters: number;
  #pending: string[] = [];
  #pendingCharacters = 0;
  #type = '';
  #data: string[] = [];
  #dataCharacters = 0;
  #afterReturn = false;

  /** `mostCharacters`: of a line, and of an event's data. */
  constructor(mostCharacters: number) {
    this.#mostCharacters = mostCharacters;
  }

  /** The events that end in this piece. @throws {EventTooLong} */
  push(piece: Uint8Array): ServerSentEvent[] {
    let text = this.#decoder.decode(piece, { stream: true });
    // CRLF may be cut in two
    if (this.#afterReturn && text.startsWith('\n')) text = text.slice(1);
    if (text !== '') this.#afterReturn = text.endsWith('\r');
    const lines = text.split(/\r\n|\n|\r/);
    const events: ServerSentEvent[] = [];
    for (const [index, end] of lines.entries()) {
      this.#pendingCharacters += end.length;
      this.#refuseOver(this.#pendingCharacters);
      this.#pending.push(end);
      if (index === lines.length - 1) break;
      const event = this.#line(this.#pending.join(''));
      this.#pending = [];
      this.#pendingCharacters = 0;
      if (event !== null) events.push(event);
    }
    return events;
  }

  /** An empty line ends an event; one without data is none. */
  #line(line: string): ServerSentEvent | null {
    if (line !== '') {
      this.#field(line);
      return null;
    }
    const event = this.#data.length === 0 ? null : { type: this.#type || 'message', data: this.#data.join('\n') };
    this.#type = '';
    this.#data = [];
    this.#dataCharacters = 0;
    return event;
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.#type = value;
    if (name !== 'data') return;
    this.#dataCharacters += value.length + 1;
    this.#refuseOver(this.#dataCharacters);
    this.#data.push(value);
  }

  #refuseOver(characters: number): void {
    if (characters > this.#mostCharacters) throw new EventTooLong(`more than ${this.#mostCharacters} characters`);
  }
}
