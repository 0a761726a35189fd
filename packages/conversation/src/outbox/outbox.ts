import { ChannelError, isChannelError, type Channel, type ChannelInfo } from '@fernspeak/channel';
import { Deadline, type Clock } from '../clock.ts';
import type { Delivery, Progress, SendOptions } from './delivery.ts';
import { firstAttempt, sendItem } from './sending.ts';
import { TOLD, type Attempt, type Outcome, type OutboxItem, type Store } from '../store.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
/** Whoever waits for an item's outcome says so for this long, and renews it; after that, others tell its outcome. */
const LEASE_MS = 3000;
const LEASE_RENEWAL_MS = 1000;
/** In place of a lease: its run has given up waiting. */
const NOBODY = 0;
/** Between two tries for the lock at least, and at most twice that: those who wait must not march in step. */
const LOCK_RETRY_MS = 8;
/** So long a request of a run that was killed may take to be stored. */
const SETTLING_MS = 500;
/** After a failed try, doubled each time up to the longest, where the channel does not say how long. */
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 5000;

/** These pass by themselves; all others last as long as the channel, its address or its keys are as they are. */
const TRANSIENT: ReadonlySet<string> = new Set(['rate-limited', 'unreachable', 'unclear', 'busy']);

/** What became of an item, as far as this run knows. */
export type Fate = Outcome | { readonly status: 'kept'; readonly reason: ChannelError };

export interface OutboxParts {
  readonly channel: Channel;
  readonly store: Store;
  readonly clock: Clock;
  /** Where messages are finished only at the head of the outbox. */
  readonly finishing?: Finishing | undefined;
}

/** Makes of a draft what goes out, once nothing stands before it any more; the outbox holds its lock meanwhile. */
export interface Finishing {
  /** Where the outbox is filed, in place of the channel's address. */
  readonly queue: string;
  /**
   * Saves the finished bytes in the draft's place and gives the item as it is then; or its end, if the channel can never take it.
   *
   * @throws ChannelError: it stays a draft
   */
  finish(draft: OutboxItem, options: FinishOptions): Promise<OutboxItem | Outcome>;
  /** Told, before the item leaves the outbox, that it is stored. May be told again. */
  stored(item: OutboxItem, entries: readonly number[]): Promise<void>;
}

export interface FinishOptions {
  /** The channel as it is now. */
  readonly info: ChannelInfo;
  /** How the item is about to be sent: saved in the same step. */
  readonly attempt: Attempt;
  readonly signal: AbortSignal;
}

/** One run's work on the outbox of a channel, which it shares with all other processes of the device. */
export class Outbox {
  /** What became of the items that nobody else waits for. */
  readonly earlier: Delivery[] = [];
  readonly #parts: OutboxParts;
  readonly #report: (progress: Progress) => void;
  readonly #deadline: Deadline;
  #own: number | null = null;
  #ownSealed: string | null = null;
  readonly #queue: string;
  /** Whether something of this run's own item may be stored: known only once this run has tried it. */
  #doubtful = true;

  constructor(parts: OutboxParts, { timeoutMs = DEFAULT_TIMEOUT_MS, signal, onProgress = () => {} }: SendOptions) {
    const reason = new ChannelError('unclear', `The channel did not answer within ${timeoutMs / 1000} seconds.`);
    this.#parts = parts;
    this.#queue = parts.finishing?.queue ?? parts.channel.address;
    this.#report = onProgress;
    this.#deadline = new Deadline(parts.clock, { ms: timeoutMs, reason, signal });
  }

  /** The number of this run's item; null: it has none. */
  get own(): number | null {
    return this.#own;
  }

  /** What went out, or goes out, of this run's message; null while it is a draft. */
  get ownSealed(): string | null {
    return this.#ownSealed;
  }

  /**
   * Accepts a sealed string (with `finishing`, a draft), and sends it after all that wait before it.
   *
   * @throws ChannelError when this channel cannot be written to; then the item is not kept
   * @throws the signal's reason; then it is kept
   */
  async send(sealed: string): Promise<Fate> {
    const { store, clock, finishing } = this.#parts;
    const attendedUntil = clock.now() + LEASE_MS;
    const own = await store.accept(this.#queue, { sealed, attendedUntil, draft: finishing !== undefined });
    this.#own = own;
    this.#report({ kind: 'accepted' });
    const ended = new AbortController();
    void this.#attend(own, ended.signal);
    let settled = false;
    try {
      const fate = await this.#work();
      if (fate === null) throw new TypeError('The work ended before this item was settled.');
      settled = fate.status !== 'kept';
      return fate;
    } finally {
      ended.abort();
      this.#deadline.end();
      if (!settled) await store.attend(own, NOBODY);
    }
  }

  /** Renews the lease on this run's item until the signal. */
  async #attend(own: number, ended: AbortSignal): Promise<void> {
    const { store, clock } = this.#parts;
    try {
      for (;;) {
        await clock.wait(LEASE_RENEWAL_MS, ended);
        await store.attend(own, clock.now() + LEASE_MS);
      }
    } catch {
      // ended; or the store fails, which the work itself will tell
    }
  }

  /** Sends what waits; what does not go out is told as kept. Rejects only with the signal's reason. */
  async flush(): Promise<void> {
    try {
      await this.#work();
    } finally {
      this.#deadline.end();
    }
  }

  /** Sends from the head until this run's item is settled, or nothing waits (null), or it has to give up. */
  async #work(): Promise<Fate | null> {
    const { store } = this.#parts;
    await this.#tellSettled();
    for (;;) {
      const settled = await this.#ownOutcome();
      if (settled) return settled;
      if (this.#own === null && (await store.head(this.#queue)) === null) return null;
      const lock = await store.lock(this.#queue);
      if (lock === null) {
        if (this.#deadline.left === 0) return this.#giveUp(SOMEBODY_SENDS, { locked: false });
        await this.#wait(LOCK_RETRY_MS * (1 + Math.random()));
        continue;
      }
      try {
        const head = await store.head(this.#queue);
        const fate = head && (await this.#try(head));
        if (fate?.status === 'kept') return await this.#giveUp(fate.reason, { locked: true });
        if (head && fate && (await this.#settle(head, fate))) return fate;
      } finally {
        lock.release();
      }
    }
  }

  /** Tries one item until it is settled, fails in a way that lasts, or the time is over. The lock is kept meanwhile. */
  async #try(head: OutboxItem): Promise<Fate> {
    const isOwn = head.id === this.#own;
    if (isOwn) this.#doubtful = head.attempt !== null;
    const onPartial = (stored: number, total: number): void => {
      this.#deadline.extend();
      if (!isOwn) return;
      this.#doubtful = true;
      this.#report({ kind: 'partial', stored, total });
    };
    const { channel, store, clock } = this.#parts;
    const { signal } = this.#deadline;
    const sending = { channel, store, clock, signal, onPartial };
    let item = head;
    // a run that was killed may have a request on its way still: what is looked for must be able to arrive first
    if (item.attempt !== null) await this.#wait(SETTLING_MS * (1 + Math.random() / 4));
    for (let backoff = FIRST_BACKOFF_MS; ; backoff = Math.min(2 * backoff, LONGEST_BACKOFF_MS)) {
      try {
        const info = await channel.info({ signal });
        const isNew = item.draft;
        const ready = isNew ? await this.#finish(item, info) : item;
        if ('status' in ready) return ready;
        item = ready;
        if (isOwn) this.#ownSealed = item.sealed;
        return await sendItem(item, { ...sending, info, isNew });
      } catch (error) {
        if (!isChannelError(error)) throw error;
        if (isOwn && error.stored === 'unknown') this.#doubtful = true;
        const waitMs = error.retryAfterMs ?? backoff * (1 + Math.random() / 4);
        if (!TRANSIENT.has(error.code) || waitMs >= this.#deadline.left) return { status: 'kept', reason: error };
        this.#report({ kind: 'waiting', waitMs, reason: error });
        await this.#wait(waitMs);
        item = (await store.item(head.id)) ?? item;
      }
    }
  }

  async #finish(draft: OutboxItem, info: ChannelInfo): Promise<OutboxItem | Outcome> {
    const { finishing } = this.#parts;
    if (!finishing) throw new TypeError('Nobody is here who could finish this draft.');
    return finishing.finish(draft, { info, attempt: firstAttempt(info), signal: this.#deadline.signal });
  }

  async #wait(ms: number): Promise<void> {
    try {
      await this.#parts.clock.wait(ms, this.#deadline.signal);
    } catch (error) {
      if (!isChannelError(error)) throw error; // the deadline's own reason; whoever waited sees that no time is left
    }
  }

  /** Notes the end of an item; true when it is this run's own, which needs no note. */
  async #settle(item: OutboxItem, outcome: Outcome): Promise<boolean> {
    const { store, finishing } = this.#parts;
    if (outcome.status === 'stored') await finishing?.stored(item, outcome.entries);
    if (item.id === this.#own) {
      await store.remove(item.id);
      return true;
    }
    if (item.attendedUntil === NOBODY) {
      this.earlier.push(delivery(outcome, item.sealed));
      await store.remove(item.id);
    } else {
      await store.settle(item.id, outcome);
      await this.#tell({ ...item, outcome });
    }
    return false;
  }

  /** The outcome of this run's item, if another process has sent it. */
  async #ownOutcome(): Promise<Outcome | null> {
    if (this.#own === null) return null;
    const item = await this.#parts.store.item(this.#own);
    if (item === null) throw new TypeError(`Item ${this.#own} has left the outbox.`);
    if (!item.draft) this.#ownSealed = item.sealed;
    if (item.outcome) await this.#parts.store.remove(item.id);
    return item.outcome;
  }

  /** Tells what was settled while nobody waited for it any more: its run was killed, or gave up. */
  async #tellSettled(): Promise<void> {
    for (const item of await this.#parts.store.items(this.#queue)) await this.#tell(item);
  }

  async #tell(item: OutboxItem): Promise<void> {
    const { id, outcome, sealed, attendedUntil } = item;
    if (outcome === null || attendedUntil === TOLD || attendedUntil >= this.#parts.clock.now()) return;
    this.earlier.push(delivery(outcome, sealed));
    await this.#parts.store.attend(id, TOLD);
  }

  /** Ends without this run's item sent: it is kept, unless trying again would be in vain and nothing of it went out. */
  async #giveUp(reason: ChannelError, { locked }: { locked: boolean }): Promise<Fate> {
    const { store, clock, finishing } = this.#parts;
    const own = this.#own === null ? null : await store.item(this.#own);
    for (const item of await store.items(this.#queue)) {
      const waits = item.outcome === null && item.id !== this.#own && item.attendedUntil < clock.now();
      if (waits) this.earlier.push({ status: 'kept', sealed: item.sealed, reason });
    }
    // only under the lock: else another process may be sending it at this moment
    const untouched = locked && own !== null && (own.attempt === null || !this.#doubtful);
    // what was finished has a number, which nothing else may ever have: it stays
    const removable = untouched && (finishing === undefined || own.draft);
    if (removable && !TRANSIENT.has(reason.code)) {
      await store.remove(own.id);
      throw reason;
    }
    return { status: 'kept', reason };
  }
}

const SOMEBODY_SENDS: ChannelError = new ChannelError(
  'busy',
  'Another program of this profile is sending to this channel.',
);

/** What a run tells of an item's outcome. */
export function delivery(outcome: Outcome, sealed: string): Delivery {
  if (outcome.status === 'stored') {
    return { status: 'stored', sealed, entries: outcome.entries, entryId: Math.max(...outcome.entries) };
  }
  const { message, hint } = outcome;
  return { status: 'refused', sealed, reason: new ChannelError('refused', message, { hint: hint ?? undefined }) };
}
