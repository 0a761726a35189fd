import { JOIN_WINDOW, emptyJoining, join, type Arrival, type Channel, type Joining } from '@fernspeak/channel';
import { stillMissing, type Hole } from './hole.ts';

interface LateParts {
  readonly channel: Channel;
  readonly signal: AbortSignal;
  readonly holes: readonly Hole[];
  /** Up to this entry the log was read. */
  readonly upTo: number;
}

/** Turned up in a hole that had been passed; it moves nothing. */
export interface LateStep {
  readonly kind: 'late';
  readonly arrival: Arrival;
}

/** What is known after another look at the holes. */
export interface Late {
  readonly holes: readonly Hole[];
  /** The open windows at `upTo` with what turned up; null: nothing did. */
  readonly joining: Joining | null;
}

/** Looks again for missing entries. Gives what those that turned up bring, alone or with parts that were there before. */
export async function* late({ channel, signal, holes, upTo }: LateParts): AsyncGenerator<LateStep, Late, undefined> {
  const found = new Set<number>();
  const left: Hole[] = [];
  for (const hole of holes) {
    const ids: number[] = [];
    for await (const { id } of channel.read({ after: hole.from - 1 }, { signal })) {
      if (id > hole.to) break;
      ids.push(id);
      found.add(id);
    }
    left.push(...stillMissing(hole, ids));
  }
  if (found.size === 0) return { holes: left, joining: null };
  let joining = emptyJoining();
  for await (const entry of channel.read({ after: Math.max(0, Math.min(...found) - 1 - JOIN_WINDOW) }, { signal })) {
    if (entry.id > upTo) break;
    const joined = join(joining, entry);
    joining = joined.state;
    if (joined.arrival?.entries.some((id) => found.has(id))) {
      yield { kind: 'late', arrival: joined.arrival };
    }
  }
  return { holes: left, joining };
}
