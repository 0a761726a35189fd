import type { Entry } from '@fernspeak/channel';
import type { Finding } from '@fernspeak/conversation';
import { signal, type ReadonlySignal } from '@preact/signals';
import type { Reading } from '../talk/talk.ts';
import type { Talk } from '../talk/talk.ts';
import { copyOf, lie, type LieKind } from './lies.ts';

/** A copy of a conversation's log to lie in, and what its client says to that. The conversation itself is not touched. */
export class Sandbox {
  readonly log: ReadonlySignal<readonly Entry[]>;
  /** Null: the client has not read it yet. */
  readonly reading: ReadonlySignal<Reading | null>;
  /** What was done last; null: nothing. */
  readonly done: ReadonlySignal<{ readonly kind: LieKind; readonly entry: number } | null>;
  readonly #talk: Pick<Talk, 'readAnew'>;
  readonly #honest: readonly Entry[];
  readonly #log = signal<readonly Entry[]>([]);
  readonly #reading = signal<Reading | null>(null);
  readonly #done = signal<{ readonly kind: LieKind; readonly entry: number } | null>(null);

  /** @param honest the whole log */
  constructor(talk: Pick<Talk, 'readAnew'>, honest: readonly Entry[]) {
    this.#talk = talk;
    // a copy has the numbers from 1, whatever the relay has removed
    this.#honest = honest.map((entry, index) => Object.assign({}, entry, { id: index + 1 }));
    this.log = this.#log;
    this.reading = this.#reading;
    this.done = this.#done;
  }

  /** @param entry its number in the copy */
  async lie(kind: LieKind, entry: number): Promise<void> {
    const at = this.#log.value.findIndex(({ id }) => id === entry);
    this.#done.value = { kind, entry };
    await this.#show(lie(this.#log.value, kind, at));
  }

  async reset(): Promise<void> {
    this.#done.value = null;
    await this.#show(this.#honest);
  }

  /** What is wrong with an entry, as the client says it. */
  findingsAt(entry: number): readonly Finding[] {
    const messages = this.#reading.value?.messages ?? [];
    return messages.filter(({ entries }) => entries.at(-1) === entry).flatMap(({ findings }) => findings);
  }

  /** What the client shows of an entry; null: nothing. */
  textAt(entry: number): string | null {
    const message = this.#reading.value?.messages.find(({ entries }) => entries.at(-1) === entry);
    return message?.text ?? null;
  }

  async #show(log: readonly Entry[]): Promise<void> {
    this.#log.value = log;
    this.#reading.value = null;
    const reading = await this.#talk.readAnew(await copyOf(log));
    // a later lie has a reading of its own
    if (this.#log.value === log) this.#reading.value = reading;
  }
}
