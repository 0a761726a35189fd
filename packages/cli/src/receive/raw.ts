import type { Message } from '@fernspeak/conversation';
import type { Io } from '../io.ts';
import { write } from '../terminal/output.ts';
import { Unreadable, type Printer } from './printer.ts';

/** The exact bytes of what opened, and nothing else on stdout: what is not sealed could be anybody's. */
export class RawPrinter implements Printer {
  readonly #io: Io;
  readonly #unreadable = new Unreadable();

  constructor(io: Io) {
    this.#io = io;
  }

  async print(message: Message): Promise<void> {
    if (message.content === null) return this.#unreadable.add(message);
    if (message.readable) {
      return this.#io.warn(
        'not-sealed',
        `Entry ${message.entryId} is not sealed: left out. Without --raw it is shown.`,
      );
    }
    await write(message.content.bytes);
  }

  async finish(opened: boolean): Promise<void> {
    const unreadable = this.#unreadable.take();
    if (opened && unreadable !== null) this.#io.warn('unreadable', unreadable);
  }
}
