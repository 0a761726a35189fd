// channel ─► Log (joins the cuts) ─► batch ─► opened and verified ─┐  many at once, depends on nothing
//   one transaction: what other processes saved ─► judged in order ┴► rows, messages and checkpoint saved together
//     ─► shown: each process reads the local history behind its own mark
import { isLoud, type Finding } from '../finding.ts';
import { Log, type Step } from '../reading/log.ts';
import { openAhead } from '../reading/open-ahead.ts';
import { Opening } from '../reading/opening.ts';
import type { Noticed } from './noticed.ts';
import { labelsOf, type Parts } from './parts.ts';
import { Taking, type Brought } from './take.ts';

export interface IngestOptions {
  readonly signal: AbortSignal;
  /** Told of what is noticed, belongs to no message and is not loud: what is loud is saved in the history. */
  readonly onNotice: (noticed: Noticed) => void;
}

/** What one transaction came to. `elsewhere`: another process has started over; `late`: a hole was filled. */
type Outcome = 'saved' | 'elsewhere' | 'late';

/** One run of reading: it takes the log into the store, from wherever all processes together have come to. */
export class Ingest {
  /** Messages of this run that were sealed, and how many of them opened. */
  sealed = 0;
  opened = 0;
  readonly #parts: Parts;
  readonly #options: IngestOptions;
  readonly #opening: Opening;
  readonly #said: Noticed[] = [];
  #generation = 0;
  /** What was read while nothing opened: a mistyped key must not make it count as received. */
  #held: Brought[] = [];

  constructor(parts: Parts, options: IngestOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#opening = new Opening(parts.channel, parts.seal);
  }

  /** Takes what is there now; gives a turn after each transaction. */
  async *read(): AsyncGenerator<void, void, undefined> {
    while ((yield* this.#pass((log, start) => log.read(start))) === 'elsewhere');
    await this.#save([], { end: true });
  }

  /** And then what comes, until the signal. */
  async *follow(): AsyncGenerator<void, void, undefined> {
    yield* this.read();
    yield;
    while ((yield* this.#pass((log, start) => log.follow(start, { begun: true }))) === 'elsewhere');
  }

  async *#pass(
    steps: (log: Log, start: Parameters<Log['read']>[0]) => AsyncIterable<Step>,
  ): AsyncGenerator<void, Outcome, undefined> {
    const { channel, clock, live } = this.#parts;
    const { reached } = await live.current();
    this.#generation = reached.generation;
    this.#held = [];
    if (this.opened === 0) this.sealed = 0; // they come again
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#options.signal, stop.signal]);
    const onFinding = (finding: Finding): void => void this.#said.push(finding as Noticed);
    const log = new Log({ channel, clock, signal, onFinding });
    for await (const brought of openAhead(steps(log, reached), { opening: this.#opening, stop })) {
      const outcome = await this.#take(brought);
      yield;
      if (outcome !== 'saved') return 'elsewhere';
    }
    return 'saved';
  }

  async #take(brought: readonly Brought[]): Promise<Outcome> {
    // what turned up late belongs before what was judged already: all of it is judged again, in order
    if (brought.some(({ step }) => step.kind === 'late') && (await this.#reread())) return 'late';
    for (const { messages } of brought) {
      for (const { readable, content, fault } of messages) {
        if (!readable) this.sealed += 1;
        if (!readable && (content !== null || fault !== undefined)) this.opened += 1;
      }
    }
    const { continuity } = await this.#parts.live.current();
    this.#held.push(...brought);
    if (this.sealed > 0 && this.opened === 0 && continuity.given.size === 0) return 'saved';
    const all = this.#held;
    this.#held = [];
    return this.#save(all, { end: false });
  }

  async #reread(): Promise<boolean> {
    const { reread } = await import('./reread.ts'); // rare: a page that shows its first message does without
    const { adopted } = await reread(this.#parts, this.#options.signal);
    return adopted;
  }

  async #save(brought: readonly Brought[], { end }: { end: boolean }): Promise<Outcome> {
    const { live, claim } = this.#parts;
    if (this.#held.length > 0) return 'saved';
    const labels = await labelsOf(brought, this.#parts);
    const said = this.#said.splice(0);
    const taking = await live.update((state) => {
      if (state.reached.generation !== this.#generation) return { changes: null, result: null };
      const taking = new Taking(state, labels);
      taking.notices.push(...said);
      for (const each of brought) taking.take(each);
      if (end) taking.end(claim);
      return { changes: taking.changes(), result: { notices: taking.notices, generation: taking.generation } };
    });
    if (taking === null) return 'elsewhere';
    this.#generation = taking.generation;
    for (const noticed of taking.notices) if (!isLoud(noticed.code)) this.#options.onNotice(noticed);
    return 'saved';
  }
}
