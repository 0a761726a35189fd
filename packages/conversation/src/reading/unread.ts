import type { Channel } from '@fernspeak/channel';
import { batches } from './batch.ts';
import type { Clock } from '../clock.ts';
import { cursorOf } from './cursor.ts';
import type { Finding } from '../finding.ts';
import { Log, NOTHING, type Reached, type Step } from './log.ts';
import type { Message } from '../message.ts';
import { BATCH_WEIGHT, Opening, weigh } from './opening.ts';
import type { Seal } from '../seal.ts';
import type { Checkpoint, Store } from '../store.ts';

/** Open windows of more bytes than this are not written with each checkpoint, but found again at the next reading. */
const KEPT_WINDOWS_BYTES = 1024 * 1024;

export interface ReadingOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told at once of each finding about the log. */
  readonly onFinding?: ((finding: Finding) => void) | undefined;
}

/** What this profile has not received yet, oldest first. Iterate it once; counts and findings grow meanwhile. */
export interface Unread extends AsyncIterable<Message> {
  /** What was noticed about the log itself: `rolled-back`, `expired`, `unreachable`. */
  readonly findings: readonly Finding[];
  /** Messages that were received from this log before; known once the iteration has begun. */
  readonly received: number;
  /** Messages of this iteration so far that were sealed, and how many of them opened. */
  readonly sealed: number;
  readonly opened: number;
  /**
   * Saves that everything given out so far was received: the next reading begins behind it. Does nothing as long as
   * sealed messages came and none opened: a mistyped key must not make them count as received.
   */
  commit(): Promise<void>;
}

export interface UnreadParts {
  readonly channel: Channel;
  readonly seal: Seal;
  readonly store: Store;
  readonly clock: Clock;
  readonly follow: boolean;
}

const NO_CHECKPOINT: Checkpoint = { version: 0, cursor: null, joining: null, holes: [], received: 0 };

export class UnreadMessages implements Unread {
  readonly findings: Finding[] = [];
  sealed = 0;
  opened = 0;
  readonly #parts: UnreadParts;
  readonly #options: ReadingOptions;
  readonly #stop = new AbortController();
  #saved: Checkpoint = NO_CHECKPOINT;
  /** Null: nothing that moves the cursor was read in this run. */
  #reached: Reached | null = null;
  /** Reading started over, so that the saved cursor counts no more. */
  #anew = false;
  /** Messages of this log that were received before this run, up to now, and up to `#reached`. */
  #before = 0;
  #received = 0;
  #counted = 0;

  constructor(parts: UnreadParts, options: ReadingOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  get received(): number {
    return this.#before;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Message, void, undefined> {
    try {
      yield* this.#messages();
    } catch (error) {
      if (!this.#parts.follow || !this.#options.signal?.aborted) throw error;
    }
  }

  async commit(): Promise<void> {
    if (this.sealed > 0 && this.opened === 0) return;
    const { store, channel } = this.#parts;
    const { address } = channel;
    for (let next = this.#next(); next !== null;) {
      if (await store.saveCheckpoint(address, next)) {
        this.#saved = { ...next, version: next.version + 1 };
        this.#anew = false;
        return;
      }
      // another process has saved meanwhile: whoever has read further is right
      const other = (await store.checkpoint(address)) ?? NO_CHECKPOINT;
      const further = (other.cursor?.entry ?? 0) >= (next.cursor?.entry ?? 0);
      this.#saved = other;
      if (further && !this.#anew) return;
      next = { ...next, version: other.version };
    }
  }

  async *#messages(): AsyncGenerator<Message, void, undefined> {
    const { channel, seal, store, clock, follow } = this.#parts;
    this.#saved = (await store.checkpoint(channel.address)) ?? NO_CHECKPOINT;
    this.#before = this.#received = this.#saved.received;
    const { signal } = this.#options;
    const log = new Log({
      channel,
      clock,
      signal: signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal,
      onFinding: (finding) => {
        this.findings.push(finding);
        this.#options.onFinding?.(finding);
      },
    });
    const opening = new Opening(channel, seal);
    const steps: AsyncIterable<Step> = follow ? log.follow(this.#saved) : log.read(this.#saved);
    const weighStep = (step: Step): number => weigh('arrival' in step ? step.arrival : null);
    for await (const batch of batches(steps, { weight: BATCH_WEIGHT, weigh: weighStep, stop: this.#stop })) {
      const messages = await opening.open(batch.map((step) => ('arrival' in step ? step.arrival : null)));
      for (const [at, step] of batch.entries()) yield* this.#give(step, messages[at] ?? []);
    }
  }

  /** The cursor may move past an entry once the last of its messages is given out. */
  *#give(step: Step, messages: readonly Message[]): Generator<Message, void, undefined> {
    if (step.kind === 'anew') this.#beginAnew(step.whole);
    for (const [at, message] of messages.entries()) {
      if (!message.readable) this.sealed += 1;
      if (!message.readable && message.content) this.opened += 1;
      this.#received += 1;
      if (at === messages.length - 1) this.#reach(step);
      yield message;
    }
    if (messages.length === 0) this.#reach(step);
  }

  #reach(step: Step): void {
    if (step.kind !== 'entry') return;
    this.#reached = step.reached;
    this.#counted = this.#received;
  }

  #beginAnew(whole: boolean): void {
    this.#anew = true;
    this.#reached = NOTHING;
    if (whole) this.#before = this.#received = 0;
    this.#counted = this.#received;
  }

  /** What there is to save; null: nothing has changed. */
  #next(): Checkpoint | null {
    const reached = this.#reached;
    if (reached === null) return null;
    const { version, cursor: savedCursor, holes: savedHoles } = this.#saved;
    const cursor = reached.entry ? cursorOf(reached.entry) : this.#anew ? null : savedCursor;
    const same = cursor?.entry === savedCursor?.entry && cursor?.hash === savedCursor?.hash;
    if (same && JSON.stringify(reached.holes) === JSON.stringify(savedHoles)) return null;
    const bytes = reached.joining.windows.reduce((sum, window) => sum + window.bytes, 0);
    const joining = bytes > KEPT_WINDOWS_BYTES ? null : reached.joining;
    return { version, cursor, joining, holes: reached.holes, received: this.#counted };
  }
}
