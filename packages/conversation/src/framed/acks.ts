import { isChannelError } from '@fernspeak/channel';
import { isConversationError } from '../errors.ts';
import { Outbox } from '../outbox/outbox.ts';
import { finishingOf } from './finishing.ts';
import { queueOf } from './journal.ts';
import type { Parts } from './parts.ts';
import type { State } from './state.ts';

/** An acknowledgement goes out after a random time between these: what it answers must not show. */
const SOONEST_MS = 5000;
const LATEST_MS = 60_000;
/** And not sooner than this after the one before. */
const APART_MS = 10 * 60_000;

/** Says by itself, now and then, what this device has: so that others see that their messages arrived. */
export class Acknowledging {
  readonly #parts: Parts;
  readonly #signal: AbortSignal;
  #waiting = false;

  constructor(parts: Parts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  /** Looks whether one is due, and sends it when its time has come. Call it after each reading. */
  async consider(): Promise<void> {
    if (this.#waiting) return;
    const state = await this.#parts.live.current();
    if (!isDue(state, this.#parts.clock.now())) return;
    this.#waiting = true;
    const random = SOONEST_MS + Math.floor(Math.random() * (LATEST_MS - SOONEST_MS));
    const after = Math.max(random, state.lastAck + APART_MS - this.#parts.clock.now());
    void this.#after(after);
  }

  async #after(ms: number): Promise<void> {
    const { clock, channel } = this.#parts;
    try {
      await clock.wait(ms, this.#signal);
      const { limits } = await channel.info({ signal: this.#signal });
      // a slow channel is not to be filled with these
      if (limits.minIntervalMs === 0 && (await this.#accept())) {
        const outbox = new Outbox({ ...this.#parts, finishing: finishingOf(this.#parts) }, { signal: this.#signal });
        await outbox.flush();
      }
    } catch (error) {
      // it was only an acknowledgement: what is in the outbox goes out with the next message, which tells what is wrong
      if (!this.#signal.aborted && !isChannelError(error) && !isConversationError(error)) throw error;
    } finally {
      this.#waiting = false;
    }
  }

  /** Puts it into the outbox, if it is still due then: another process may have been faster. */
  #accept(): Promise<boolean> {
    const { live, seal, clock } = this.#parts;
    return live.update((state) => {
      const now = clock.now();
      if (!isDue(state, now) || now < state.lastAck + APART_MS) return { changes: null, result: false };
      state.lastAck = now;
      const sealed = seal.sealDraft({ kind: 'ack', at: now });
      const draft = { address: queueOf(live.id), sealed, attendedUntil: 0 };
      return { changes: { made: [JSON.stringify({ acked: now })], draft }, result: true };
    });
  }
}

/** Something that counts came after this device's last message, and none is on its way that will say so by itself. */
function isDue({ worth, ownPlace, lastMade, continuity: { checked, given } }: State, now: number): boolean {
  if (!checked || worth <= ownPlace) return false;
  return lastMade === null || given.has(lastMade.t) || now - lastMade.at > LATEST_MS;
}
