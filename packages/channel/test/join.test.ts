import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { Arrival, Fields, Joining } from '@fernspeak/channel';
import { JOIN_WINDOW, emptyJoining, join } from '@fernspeak/channel';
import { MAX_PARTS } from '@fernspeak/channel/format';
import vectors from '../../../vectors/parts.json' with { type: 'json' };

interface Logged {
  readonly id: number;
  readonly fields: Fields;
}

/** Reads a log; the state goes through JSON after every entry, as it does between two runs. */
function arrivals(log: readonly Logged[], from: Joining = emptyJoining()): { arrived: Arrival[]; state: Joining } {
  let state = from;
  const arrived: Arrival[] = [];
  for (const { id, fields } of log) {
    const before = JSON.stringify(state);
    const next = join(state, { id, createdAt: '2026-11-24T06:00:00Z', fields });
    assert.equal(JSON.stringify(state), before, 'the given state is left as it was');
    if (next.arrival !== null) arrived.push(next.arrival);
    state = JSON.parse(JSON.stringify(next.state)) as Joining;
  }
  return { arrived, state };
}

/** Parts of a message of `payloads`, in order. */
function parts(id: string, payloads: readonly string[]): Fields[] {
  return payloads.map((payload, index) => [`~${id.padEnd(11, '_')}.${index + 1}.${payloads.length}~${payload}`]);
}

function numbered(entries: readonly Fields[]): Logged[] {
  return entries.map((fields, index) => ({ id: index + 1, fields }));
}

describe('joining', () => {
  for (const { comment, log, arrivals: expected } of vectors) {
    it(comment, () => {
      const { arrived } = arrivals(log);
      assert.deepEqual(
        arrived.map(({ entry, entries, strings }) => ({ entry: entry.id, entries, strings })),
        expected,
      );
    });
  }

  it('gives every message whole from any interleaving, with duplicates and strangers among the parts', () => {
    const messages = fc.array(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'B', '_', '=') }), { minLength: 2, maxLength: 6 }),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(messages, fc.infiniteStream(fc.nat()), (messages, stream) => {
        const random = stream[Symbol.iterator]();
        const next = (below: number): number => (random.next().value as number) % below;
        const sent = messages.flatMap((payloads, index) => parts(`m${index}`, payloads));
        const strangers: Fields[] = messages.flatMap((payloads, index) => [
          [`~${'x'.repeat(11)}.1.${payloads.length}~junk`],
          [`~${`m${index}`.padEnd(11, '_')}.1.${payloads.length + 1}~another count`],
        ]);
        const log = [...sent, ...strangers].map((fields) => ({ fields, at: next(1000) })).sort((a, b) => a.at - b.at);
        // a part that comes again while its message is not complete changes nothing
        const twice = log.flatMap(({ fields }) => (next(3) === 0 ? [fields, [...fields]] : [fields]));
        const { arrived } = arrivals(numbered(twice));
        const whole = arrived.flatMap(({ strings }) =>
          strings.filter(({ field }) => field === null).map(({ text }) => text),
        );
        for (const payloads of messages)
          assert.ok(whole.includes(payloads.join('')), JSON.stringify({ whole, payloads }));
      }),
    );
  });

  it('gives the same to a reader who goes on from a saved state', () => {
    const messages = parts('first', ['a', 'b', 'c']);
    const log = numbered([...messages.slice(0, 2), ['between'], ...messages.slice(2), ['after']]);
    const whole = arrivals(log).arrived;
    for (let cut = 0; cut <= log.length; cut++) {
      const first = arrivals(log.slice(0, cut));
      const second = arrivals(log.slice(cut), first.state);
      assert.deepEqual([...first.arrived, ...second.arrived], whole);
    }
  });

  it('takes as many parts as a window has entries', () => {
    assert.equal(MAX_PARTS, JOIN_WINDOW);
    const payloads = Array.from({ length: MAX_PARTS }, (_, index) => `${index},`);
    const { arrived, state } = arrivals(
      numbered(parts('long', payloads))
        .toReversed()
        .map(({ fields }, index) => ({ id: index + 1, fields })),
    );
    assert.equal(arrived.length, 1);
    assert.equal(arrived[0]?.strings[0]?.text, payloads.join(''));
    assert.deepEqual(state, emptyJoining());
  });

  const MIB = 1024 * 1024;

  it('forgets a message that grows beyond 4 MiB', () => {
    const half = 'a'.repeat(2 * MIB);
    assert.equal(arrivals(numbered(parts('fits', [half, half]))).arrived.length, 1);
    const { arrived, state } = arrivals(numbered(parts('toolong', [half, `${half}a`])));
    assert.deepEqual(arrived, []);
    assert.deepEqual(state, emptyJoining());
  });

  it('counts bytes, not characters', () => {
    const { arrived } = arrivals(numbered(parts('umlauts', ['ü'.repeat(MIB), `${'ü'.repeat(MIB)}a`])));
    assert.deepEqual(arrived, []);
  });

  it('holds 16 MiB of open parts, and forgets the oldest first', () => {
    const open = Array.from({ length: 5 }, (_, index) => parts(`open${index}`, ['a'.repeat(4 * MIB), ''])[0] ?? []);
    const { state } = arrivals(numbered(open.slice(0, 4)));
    assert.equal(state.windows.length, 4);
    const { state: more } = arrivals([{ id: 5, fields: open[4] ?? [] }], state);
    assert.deepEqual(
      more.windows.map(({ opened }) => opened),
      [2, 3, 4, 5],
    );
  });
});
