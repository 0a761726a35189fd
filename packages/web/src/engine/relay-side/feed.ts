import type { Channel, Entry } from '@fernspeak/channel';
import { LEAK_WINDOW, leaksOf, type Leaks } from '@fernspeak/channel/outside';
import { computed, effect, signal, type ReadonlySignal } from '@preact/signals';
import type { Talk } from '../talk/talk.ts';

/** So many entries are shown at first, and more at a time. */
const PAGE = 50;

/** Behind a message it looks after so long: what is on its way goes first. In milliseconds. */
const PAUSE_MS = 100;

/** The channel of a talk as the relay gives it, kept up while it is looked at. Lives until `close`. */
export class RelayFeed {
  /** Oldest first; never all of a long channel. */
  readonly entries: ReadonlySignal<readonly Entry[]>;
  readonly hasOlder: ReadonlySignal<boolean>;
  readonly leaks: ReadonlySignal<Leaks>;
  /** True: the last reading failed; what is shown may be old. */
  readonly failed: ReadonlySignal<boolean>;
  readonly #channel: Channel;
  readonly #ended = new AbortController();
  readonly #loaded = signal<readonly Entry[]>([]);
  readonly #shown = signal(PAGE);
  readonly #complete = signal(false);
  readonly #failed = signal(false);
  readonly #unwatch: () => void;
  #reading: Promise<void> | null = null;
  #again = false;
  #due: ReturnType<typeof setTimeout> | undefined;

  constructor(talk: Talk) {
    this.#channel = talk.channel;
    const requests = /^https?:/.test(this.#channel.address);
    this.entries = computed(() => this.#loaded.value.slice(-this.#shown.value));
    this.hasOlder = computed(() => !this.#complete.value || this.#loaded.value.length > this.#shown.value);
    this.leaks = computed(() => leaksOf(this.#loaded.value, { requests }));
    this.failed = this.#failed;
    this.#unwatch = effect(() => {
      // what comes and what is received shows there
      void talk.messages.value;
      void talk.connection.value;
      this.#due ??= setTimeout(() => this.#refresh(), this.#loaded.peek().length > 0 ? PAUSE_MS : 0);
    });
  }

  close(): void {
    this.#unwatch();
    clearTimeout(this.#due);
    this.#ended.abort();
  }

  async older(): Promise<void> {
    this.#shown.value += PAGE;
    if (this.#loaded.value.length < this.#shown.value && !this.#complete.value) {
      await this.#load(this.#shown.value + LEAK_WINDOW);
    }
  }

  /** All of it, for a copy. @throws ChannelError */
  async whole(): Promise<readonly Entry[]> {
    return this.#read({ after: 0 });
  }

  #refresh(): void {
    this.#due = undefined;
    if (this.#ended.signal.aborted) return;
    if (this.#reading) this.#again = true;
    else {
      this.#reading = this.#catchUp().finally(() => {
        this.#reading = null;
        if (this.#again) this.#refresh();
      });
    }
  }

  async #catchUp(): Promise<void> {
    this.#again = false;
    try {
      const newest = this.#loaded.value.at(-1)?.id;
      if (newest === undefined) await this.#load(LEAK_WINDOW);
      else {
        const more = await this.#read({ after: newest });
        if (more.length > 0) this.#loaded.value = [...this.#loaded.value, ...more];
      }
      this.#failed.value = false;
    } catch {
      this.#failed.value = !this.#ended.signal.aborted;
    }
  }

  async #load(last: number): Promise<void> {
    const entries = await this.#read({ last });
    this.#complete.value = entries.length < last;
    this.#loaded.value = entries;
  }

  async #read(range: { readonly after: number } | { readonly last: number }): Promise<Entry[]> {
    const found: Entry[] = [];
    const { signal: ended } = this.#ended;
    for await (const entry of this.#channel.read(range, { extras: true, signal: ended })) found.push(entry);
    return found;
  }
}
