import { textOf, type Message } from '@fernspeak/conversation';
import { jsonLine } from '../terminal/json.ts';
import { write } from '../terminal/output.ts';
import type { Printer } from './printer.ts';

/** More than these are not held back in memory while nothing opens. */
const HELD_BACK = 10_000;

/** One JSON object a line. What does not open is held back until something does: a wrong key shows nothing. */
export class JsonPrinter implements Printer {
  #held: string[] = [];
  #opened = false;

  async print(message: Message): Promise<void> {
    const line = jsonLine(messageRecord(message));
    if (message.content === null && !this.#opened && this.#held.length < HELD_BACK) {
      this.#held.push(line);
      return;
    }
    if (!message.readable && message.content !== null) this.#opened = true;
    const held = this.#opened || this.#held.length >= HELD_BACK ? this.#held.splice(0).join('') : '';
    await write(held + line);
  }

  async finish(opened: boolean): Promise<void> {
    const held = this.#held.splice(0).join('');
    if (opened && held !== '') await write(held);
  }
}

/** The record of `receive --json`; `help formatting` describes it. */
function messageRecord(message: Message): object {
  const text = message.content === null ? null : textOf(message.content);
  const bytes = message.content !== null && text === null ? base64url(message.content.bytes) : null;
  return {
    entryId: message.entryId,
    entries: message.entries,
    storedAt: message.storedAt,
    sentAt: message.sealedAt === null ? null : `${message.sealedAt.toISOString().slice(0, 19)}Z`,
    field: message.field,
    sealed: !message.readable,
    text,
    ...(bytes === null ? {} : { bytes }),
    findings: message.findings,
  };
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}
