import { apply } from '../continuity/state.ts';
import { Log } from '../reading/log.ts';
import { openAhead } from '../reading/open-ahead.ts';
import { Opening } from '../reading/opening.ts';
import type { Changes, Shown, Showing } from './journal.ts';
import { labelsOf, type Parts } from './parts.ts';
import { unkeep, withNotices } from './shown.ts';
import { emptyState, readTo, type State } from './state.ts';
import { Taking } from './take.ts';

/** What reading everything again came to. */
export interface Reread {
  /** True: what was judged now has taken the place of what was judged before. */
  readonly adopted: boolean;
  /** Messages (t) that were given before and are not given now: then nothing is changed. */
  readonly withheld: readonly string[];
}

/**
 * Reads the whole log again and judges it as if for the first time. Adopted unless less is there than before: so it clears
 * what the relay has put right since, and takes in its place what turned up late.
 */
export async function reread(parts: Parts, signal: AbortSignal): Promise<Reread> {
  const { live, store, claim } = parts;
  const { conversationId, me } = (await live.current()).continuity;
  const fresh = new FreshReading(parts, emptyState({ conversationId, me }), signal);
  for (;;) {
    const before = readTo(await live.current());
    await fresh.readOn();
    const shown = await store.shown(live.id, { after: 0, limit: Number.MAX_SAFE_INTEGER });
    const outcome = await live.update<Reread | 'behind'>((state) => {
      if (readTo(state) !== before) return { changes: null, result: 'behind' };
      const withheld = [...state.continuity.given.keys()].filter((t) => !fresh.state.continuity.given.has(t));
      const whole = fresh.state.continuity.checked || !state.continuity.checked;
      const adopted = whole && withheld.length === 0 && readTo(fresh.state) >= before;
      if (!adopted) return { changes: null, result: { adopted, withheld } };
      const { generation, rereadTo } = state.reached;
      fresh.finish(claim);
      const checkpoint = JSON.stringify({ ...fresh.state.reached, generation, rereadTo });
      const changes = { anew: true, checkpoint, read: fresh.read, ...replaced(shown, fresh.shown) };
      return { changes, result: { adopted, withheld } };
    });
    if (outcome === 'behind') continue;
    if (outcome.adopted) live.forget();
    return outcome;
  }
}

/** Judges a log from its beginning, and saves nothing. */
class FreshReading {
  readonly state: State;
  readonly read: string[] = [];
  readonly shown: Showing[] = [];
  readonly #parts: Parts;
  readonly #signal: AbortSignal;

  constructor(parts: Parts, state: State, signal: AbortSignal) {
    this.#parts = parts;
    this.state = state;
    this.#signal = signal;
  }

  /** Reads what is there behind what it has read. */
  async readOn(): Promise<void> {
    const { channel, clock, seal } = this.#parts;
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#signal, stop.signal]);
    const log = new Log({ channel, clock, signal, onFinding: () => {} });
    const opening = new Opening(channel, seal);
    for await (const brought of openAhead(log.read(this.state.reached), { opening, stop })) {
      // made before it went out, by whichever process: what was read since is not another device's
      const { own } = (await this.#parts.live.current()).continuity;
      apply(this.state.continuity, [...own.values()]);
      const taking = new Taking(this.state, await labelsOf(brought, this.#parts));
      for (const each of brought) taking.take(each);
      this.#gather(taking.changes());
    }
  }

  finish(claim: Parts['claim']): void {
    const taking = new Taking(this.state, new Map());
    taking.end(claim);
    this.#gather(taking.changes());
  }

  #gather(changes: Changes | null): void {
    this.read.push(...(changes?.read ?? []));
    this.shown.push(...(changes?.shown ?? []));
  }
}

/** What is shown keeps its place; findings are those of the new reading. */
function replaced(old: readonly Shown[], fresh: readonly Showing[]): Pick<Changes, 'shown' | 'reshown'> {
  const next = new Map(fresh.map((each) => [markOf(each), each]));
  const known = new Set(old.map(markOf));
  const reshown = old.flatMap((each): Shown[] => {
    const { position } = each;
    const found = next.get(markOf(each));
    if (found) return found.text === each.text ? [] : [{ ...found, position }];
    return unkeep(each).notices.length === 0 ? [] : [withNotices(each, [])];
  });
  return { reshown, shown: fresh.filter((each) => !known.has(markOf(each))) };
}

/** By what a message is known again. */
function markOf(showing: Showing): string {
  const { t, entryId, field, notices } = unkeep({ position: 0, ...showing });
  if (t !== null) return t;
  return entryId === 0 ? JSON.stringify(notices) : `${entryId}.${field?.index ?? ''}`;
}
