import type { FramedMessage } from '@fernspeak/conversation';
import type { Io } from '../io.ts';
import { messageRecord } from '../listen/record.ts';
import { jsonLine } from '../terminal/json.ts';
import { write } from '../terminal/output.ts';
import { Unreadable, type Printer } from './printer.ts';

/** One JSON object a line, as `listen` gives it. */
export class FramedJsonPrinter implements Printer<FramedMessage> {
  print(message: FramedMessage): Promise<void> {
    return write(jsonLine(messageRecord(message)));
  }

  async finish(): Promise<void> {}
}

/** The exact bytes of what members wrote, and nothing else on stdout. */
export class FramedRawPrinter implements Printer<FramedMessage> {
  readonly #io: Io;
  readonly #unreadable = new Unreadable();

  constructor(io: Io) {
    this.#io = io;
  }

  async print(message: FramedMessage): Promise<void> {
    const { kind, content, entryId, readable } = message;
    if (kind === 'text' && content !== null) return write(content.bytes);
    if (kind === 'none') return this.#unreadable.add(message);
    if (kind !== 'plain') return;
    const what = readable ? 'sealed' : 'signed';
    this.#io.warn(`not-${what}`, `Entry ${entryId} is not ${what}: left out. Without --raw it is shown.`);
  }

  async finish(): Promise<void> {
    const unreadable = this.#unreadable.take();
    if (unreadable !== null) this.#io.warn('unreadable', unreadable);
  }
}
