import { fromHex } from '../../src/bytes.ts';
import { judge, ownMade, type Judgement } from '../../src/continuity/judge.ts';
import type { Notice } from '../../src/continuity/notice.ts';
import { apply, nextNumber, restore, seenOf, type Continuity, type ContinuityRow } from '../../src/continuity/state.ts';
import { isLoud, type FindingCode } from '../../src/finding.ts';
import { makeFrame, readFrames, type CountedFrame } from '../../src/frame/frame.ts';
import { deviceOf, newDeviceKey, type Device } from '../../src/identity/device.ts';

export const CONVERSATION: Uint8Array = fromHex('000102030405060708090a0b0c0d0e0f');
const NAMES = ['ada', 'bob', 'cai', 'dee', 'eli'] as const;
const devices: readonly Device[] = await Promise.all(
  [...NAMES, 'one more'].map(async () => deviceOf(await newDeviceKey())),
);

/** One entry of a log: any bytes. */
export interface Entry {
  readonly id: number;
  readonly bytes: Uint8Array;
}

const alreadyRead = new WeakMap<Uint8Array, CountedFrame | null>();

/** The frame that these bytes are: read and verified once for all readers of a round, since it depends on nothing else. */
async function readOnce(bytes: Uint8Array): Promise<CountedFrame | null> {
  const known = alreadyRead.get(bytes);
  if (known !== undefined) return known;
  const [read] = await readFrames([bytes], CONVERSATION);
  alreadyRead.set(bytes, read!.frame);
  return read!.frame;
}

/** A member with real frames and signatures, who saves each row before it goes on, and can lose all but what was saved. */
export class Reader {
  readonly device: Device;
  readonly checked: boolean;
  state: Continuity;
  /** The last entry that was read. */
  entry: number;
  readonly notices: Notice[] = [];
  readonly #saved = new Map<string, ContinuityRow>();

  /** `firstEntry` above 1: the log's beginning is gone. */
  constructor(number: number, { firstEntry = 1 }: { firstEntry?: number } = {}) {
    this.device = devices[number]!;
    this.checked = firstEntry === 1;
    this.entry = firstEntry - 1;
    this.state = restore(this.#options());
  }

  get loud(): Notice[] {
    return this.notices.filter(({ code }: { code: FindingCode }) => isLoud(code));
  }

  place(t: string): number | undefined {
    return t === this.state.log[0] ? 0 : (this.state.given.get(t)?.place ?? undefined);
  }

  /** A signed frame, saved as made. */
  async seal(): Promise<{ t: string; bytes: Uint8Array }> {
    const { device, state } = this;
    const n = nextNumber(state);
    const content = { kind: 'ack', at: n } as const;
    const made = await makeFrame({ device, conversationId: CONVERSATION, n, seen: seenOf(state), content });
    this.take({ notices: [], write: ownMade(made.t, n) });
    return { t: made.t, bytes: made.frame };
  }

  /** Reads on to `upTo`; tells of each frame that was judged. */
  async read(log: readonly Entry[], upTo: number = log.length, judged?: (frame: CountedFrame) => void): Promise<void> {
    const entries = log.filter(({ id }) => id > this.entry && id <= upTo);
    for (const { id, bytes } of entries) {
      const frame = await readOnce(bytes);
      this.entry = id;
      if (!frame) continue;
      this.take(judge(this.state, frame));
      judged?.(frame);
    }
  }

  take({ notices, write }: Judgement): void {
    for (const row of write) this.#saved.set(keyOf(row), row);
    this.notices.push(...notices);
    apply(this.state, write);
  }

  /** A crash, or another process: everything again from the rows, which a database gives in any order. */
  restart(): void {
    this.state = restore(this.#options(), [...this.#saved.values()].toReversed());
  }

  #options(): { conversationId: Uint8Array; me: string; checked: boolean } {
    return { conversationId: CONVERSATION, me: this.device.id, checked: this.checked };
  }
}

/** Each kind of row with its key, as `ContinuityRow` says. */
export function keyOf(row: ContinuityRow): string {
  if (row.row === 'sender') return `sender ${row.from}`;
  return row.row === 'told' ? `told ${row.t} ${row.h}` : `${row.row} ${row.t}`;
}
