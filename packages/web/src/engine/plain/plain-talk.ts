import { isPassing, openHttpChannel, type Channel } from '@fernspeak/channel';
import { Conversation, contentOf, plainSeal, type Message, type Store } from '@fernspeak/conversation';
import { Series, isReadings, type SeriesSet } from '@fernspeak/conversation/readings';
import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { Connection } from '../model.ts';
import { problemOf, type Problem } from '../problem.ts';

/** A channel with a key, as the profile keeps it, sealed. */
export interface PlainAbout {
  readonly name: string;
  readonly address: string;
  /** Fernet key, base64url. */
  readonly key: string;
  readonly writeKey: string | null;
  readonly readKey: string | null;
}

/** Many messages come at once at the beginning: they are shown this often, in milliseconds. */
const SHOW_MS = 200;

/** What is on a channel under a key: nobody's words, often a device's readings. Lives until `close`. */
export class PlainTalk {
  readonly about: PlainAbout;
  readonly connection: ReadonlySignal<Connection>;
  /** Oldest first. */
  readonly messages: ReadonlySignal<readonly Message[]>;
  /** Null: these are no readings. */
  readonly readings: ReadonlySignal<SeriesSet | null>;
  readonly problem: ReadonlySignal<Problem | null>;
  readonly #connection = signal<Connection>('connecting');
  readonly #messages = signal<readonly Message[]>([]);
  readonly #problem = signal<Problem | null>(null);
  readonly #ended = new AbortController();
  readonly #channel: Channel;
  readonly #conversation: Conversation;
  readonly #coming = new Map<string, Message>();
  #due: ReturnType<typeof setTimeout> | undefined;

  constructor(about: PlainAbout, store: Store) {
    const { address, key, writeKey, readKey } = about;
    this.about = about;
    this.#channel = openHttpChannel({ address, writeKey: writeKey ?? undefined, readKey: readKey ?? undefined });
    this.#conversation = new Conversation({ channel: this.#channel, seal: plainSeal(key), store });
    this.connection = this.#connection;
    this.messages = this.#messages;
    this.problem = this.#problem;
    this.readings = computed(() => (isReadings(this.#messages.value) ? seriesOf(this.#messages.value) : null));
  }

  /** Reads what is there, then what comes. */
  open(): void {
    void this.#run();
  }

  close(): void {
    clearTimeout(this.#due);
    this.#ended.abort();
    void this.#channel.close();
  }

  /** @throws Problem */
  async send(text: string): Promise<void> {
    try {
      const sent = await this.#conversation.send(contentOf(text), { signal: this.#ended.signal });
      if (sent.status === 'kept') throw sent.reason;
    } catch (error) {
      throw problemOf(error);
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#ended;
    try {
      for await (const message of this.#conversation.history({ after: 0 }, { signal })) this.#take(message);
      this.#connection.value = 'live';
      for await (const message of this.#conversation.follow({ signal })) this.#take(message);
    } catch (error) {
      if (signal.aborted) return;
      this.#connection.value = isPassing(error) ? 'offline' : 'stopped';
      this.#problem.value = problemOf(error);
    }
  }

  #take(message: Message): void {
    this.#coming.set(`${message.entryId}.${message.field?.index ?? 0}`, message);
    this.#due ??= setTimeout(() => {
      this.#due = undefined;
      this.#messages.value = [...this.#coming.values()];
    }, SHOW_MS);
  }
}

function seriesOf(messages: readonly Message[]): SeriesSet {
  const series = new Series();
  for (const message of messages) series.add(message);
  return series.take();
}
