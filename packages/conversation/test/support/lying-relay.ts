import { ChannelError, MemoryChannel, type Channel, type Entry, type Fields, type Limits } from '@fernspeak/channel';
import type { Clock } from '../../src/index.ts';

/** What happens, on its way to one reader, to what is appended next. */
export type Fate = 'withhold' | 'junk' | 'replay' | 'swap' | 'half';

/** The log as one reader is shown it: numbered by itself, whatever the others are shown. */
class View {
  entries: Entry[] = [];
  /** The number that was given out last. */
  last = 0;
  /** Held back until something else was shown. */
  held: Fields[] = [];
  /** What happens to the next appends, each to all entries of one. */
  readonly fates: Fate[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  show(fields: Fields): number {
    const id = (this.last += 1);
    this.entries.push({ id, createdAt: new Date(this.#now()).toISOString().replace(/\.\d+/, ''), fields });
    return id;
  }

  /** Gives the numbers that whoever appended is answered. */
  append(entries: readonly Fields[]): number[] {
    const fate = this.fates.shift();
    if (fate === undefined) {
      const ids = entries.map((fields) => this.show(fields));
      for (const fields of this.held.splice(0)) this.show(fields);
      return ids;
    }
    if (fate === 'swap') this.held.push(...entries);
    if (fate === 'half') for (const fields of entries.slice(0, -1)) this.show(fields);
    if (fate === 'junk') this.show(['gAAAAAjunk']);
    if (fate === 'replay') this.replay(this.entries.length - 1);
    return entries.map((_, at) => this.last + at + 1);
  }

  replay(at: number): void {
    const earlier = this.entries[at];
    if (earlier) this.show(earlier.fields);
  }
}

/** A relay that shows each reader what it likes. Honest as long as nobody tells it to lie. */
export class LyingRelay {
  /** All that was ever accepted, in its true order. */
  readonly accepted: Fields[][] = [];
  /** How the next appends are answered: `unclear` stores and does not say so, `lost` does not store, `refused` never will, `unauthorized` wants another key. */
  readonly answers: ('unclear' | 'lost' | 'refused' | 'unauthorized')[] = [];
  readonly #views = new Map<string, View>();
  readonly #limits: Partial<Limits>;
  readonly #clock: Clock;

  constructor(clock: Clock, limits: Partial<Limits> = {}) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** The log as `reader` is shown it; whoever comes later is shown what the first one was. */
  view(reader: string): View {
    let view = this.#views.get(reader);
    if (!view) {
      view = new View(() => this.#clock.now());
      const first = this.#views.values().next().value;
      for (const { fields } of first?.entries ?? []) view.show(fields);
      this.#views.set(reader, view);
    }
    return view;
  }

  /** The next append is shown like this to these readers. */
  lie(fate: Fate, readers: readonly string[]): void {
    for (const reader of readers) this.view(reader).fates.push(fate);
  }

  /** Entries that nobody appended. */
  inject(fields: Fields, readers: readonly string[]): void {
    for (const reader of readers) this.view(reader).show(fields);
  }

  /** The last entries of these readers' logs are gone, all but `keep`; new ones take their numbers. */
  rollBack(keep: number, readers: readonly string[]): void {
    this.#each(readers, (view) => {
      view.entries.splice(keep);
      view.last = view.entries.at(-1)?.id ?? 0;
    });
  }

  /** An entry is shown once more. */
  again(at: number, readers: readonly string[]): void {
    this.#each(readers, (view) => view.replay(at));
  }

  /** Something else stands under an old number. */
  ghost(at: number, readers: readonly string[]): void {
    this.#each(readers, ({ entries }) => {
      const entry = entries[at];
      if (entry) entries[at] = { ...entry, fields: entries[0]?.fields ?? [] };
    });
  }

  /** An entry is gone, and its number with it. */
  remove(at: number, readers: readonly string[]): void {
    this.#each(readers, ({ entries }) => void entries.splice(at, 1));
  }

  /** From now on what is appended is shown as it is; what was held back comes. */
  honest(): void {
    this.answers.length = 0;
    this.#each([...this.#views.keys()], (view) => {
      view.fates.length = 0;
      for (const fields of view.held.splice(0)) view.show(fields);
    });
  }

  /** A reader's log is from now on what was really accepted. */
  tellTheTruth(reader: string): void {
    const view = this.view(reader);
    view.fates.length = 0;
    view.held.length = 0;
    view.entries = [];
    view.last = 0;
    for (const entries of this.accepted) for (const fields of entries) view.show(fields);
  }

  #each(readers: readonly string[], lie: (view: View) => void): void {
    for (const reader of readers) lie(this.view(reader));
  }

  /** The channel as one reader has it. */
  channel(reader: string): Channel {
    // a real channel for the checks of sizes; what it holds is not looked at
    const inner = new MemoryChannel({ limits: this.#limits });
    const view = this.view(reader);
    const append = async (entries: readonly Fields[]): Promise<number[]> => {
      await inner.append(entries);
      const answer = this.answers.shift();
      if (answer === 'lost') throw new ChannelError('unclear', 'No answer.');
      if (answer === 'unauthorized') throw new ChannelError('unauthorized', 'Another key.');
      if (answer === 'refused') throw new ChannelError('refused', 'Not here.');
      this.accepted.push([...entries]);
      let ids: number[] = [];
      for (const [name, each] of this.#views) {
        const shown = each.append(entries);
        if (name === reader) ids = shown;
      }
      if (answer === 'unclear') throw new ChannelError('unclear', 'No answer.');
      return ids;
    };
    async function* read(range: { after: number } | { last: number }): AsyncGenerator<Entry, void, undefined> {
      const entries = [...view.entries];
      yield* 'after' in range ? entries.filter(({ id }) => id > range.after) : entries.slice(-range.last);
    }
    return {
      address: 'memory:here',
      place: 'memory:here',
      info: async (options) => ({ ...(await inner.info(options)), lastEntryId: view.last }),
      append,
      read,
      follow: (after, options) => inner.follow(after, options),
      close: async () => {},
    };
  }
}
