// The rounds of the executable specification, with the real code, frames and signatures: an honest relay alarms nobody; no lie
// stays untold when somebody has shown that they had seen otherwise; when the lying stops nothing more is told.
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { Reader, type Entry } from './reader.ts';

const LONG = process.env['FERNSPEAK_LONG'] === '1';
const numRuns = LONG ? 10_000 : 150;
const JUNK = new Uint8Array([0, 1, 2, 3]);
const some = (max: number): fc.Arbitrary<number> => fc.nat({ max });

test('honest relay: writers at once, resends, junk, restarts, a reader of half a log: no alarm, one chain', async () => {
  const step = fc.record({
    who: some(4),
    what: some(4),
    upTo: fc.double({ min: 0, max: 1, noNaN: true }),
    rare: some(9),
  });
  const property = fc.asyncProperty(
    fc.integer({ min: 2, max: 4 }),
    fc.array(step, { minLength: 20, maxLength: 80 }),
    fc.array(fc.record({ who: some(4), read: fc.boolean() }), { maxLength: 12 }),
    async (members, steps, end) => {
      const clients = Array.from({ length: members }, (_, at) => new Reader(at));
      const log: Entry[] = [];
      const waiting = new Map<Reader, Uint8Array>();
      const append = (bytes: Uint8Array): unknown => log.push({ id: log.length + 1, bytes });
      for (const { who, what, upTo, rare } of steps) {
        const client = clients[who % members]!;
        const sealed = waiting.get(client);
        if (what === 0 && !sealed) waiting.set(client, (await client.seal()).bytes);
        else if (what === 1 && sealed) {
          append(sealed);
          // the answer was lost and the feed did not show it yet: the same bytes again
          if (rare < 3) append(sealed);
          waiting.delete(client);
        } else if (what === 2 && rare === 0) append(JUNK);
        else if (what === 3 && rare < 5) client.restart();
        else await client.read(log, Math.round(upTo * log.length));
      }
      for (const bytes of waiting.values()) append(bytes);
      const late = new Reader(5, { firstEntry: 2 + Math.floor(log.length / 2) });
      await late.read(log);
      append((await late.seal()).bytes);
      const all = [...clients, late];
      for (const { who, read } of end) {
        const client = all[who % all.length]!;
        if (read) await client.read(log);
        append((await client.seal()).bytes);
      }
      for (const client of all) await client.read(log);
      assert.deepEqual(
        all.flatMap(({ loud }) => loud),
        [],
      );
      assert.equal(new Set(clients.map(({ state }) => state.chain.at(-1))).size, 1);
      assert.ok(clients.every(({ state }) => state.log.length === clients[0]!.state.log.length));
    },
  );
  await fc.assert(property, { numRuns });
});

const LIES = ['withhold', 'junk', 'replay', 'swap'] as const;
interface Lie {
  readonly withheld: string;
  swappedWith?: string;
  /** How many loud notices there were before it. */
  before: number;
  done?: boolean;
}

const say = fc.record({
  who: some(5),
  reads: some(2),
  lie: fc.constantFrom(...LIES),
  chance: some(99),
  vicReads: some(2),
  which: some(999),
});

test('lying relay: messages withheld, replaced by junk or a replay, swapped: every lie is told in time, then it is quiet', async () => {
  let due = 0;
  const property = fc.asyncProperty(
    fc.constantFrom(2, 3, 5),
    // one round in two has a single lie, so that the finding can only be about it
    fc.oneof(fc.constant(0), fc.constantFrom(3, 15, 30)),
    fc.array(say, { minLength: 30, maxLength: 100 }),
    async (others, percent, steps) => {
      const senders = Array.from({ length: others }, (_, at) => new Reader(at));
      const vic = new Reader(5);
      const log: Entry[] = [];
      const view: Entry[] = [];
      const lies: Lie[] = [];
      const got = new Set<string>();
      let held: { bytes: Uint8Array; lie: Lie } | null = null;
      const deliver = (bytes: Uint8Array): unknown => view.push({ id: view.length + 1, bytes });
      const publish = (bytes: Uint8Array): unknown => log.push({ id: log.length + 1, bytes });
      const vicReads = async (): Promise<void> => {
        await vic.read(view, view.length, ({ t, from, seen }) => {
          got.add(t);
          const sender = senders.find(({ device }) => device.id === from);
          const stood = seen && sender?.place(seen.t);
          if (!sender || stood === undefined || stood === null) return;
          for (const lie of lies) {
            const at = sender.place(lie.withheld);
            const swapped = lie.swappedWith === undefined ? undefined : sender.place(lie.swappedWith);
            if (lie.done || at === undefined || at > stood) continue;
            const evident =
              lie.swappedWith === undefined
                ? !got.has(lie.withheld)
                : swapped !== undefined && swapped > at && swapped <= stood;
            if (!evident) continue;
            lie.done = true;
            due += 1;
            assert.ok(vic.loud.length > lie.before, `untold: ${JSON.stringify(lie)}`);
          }
        });
      };
      for (const [at, { who, reads, lie: kind, chance, vicReads: reading, which }] of steps.entries()) {
        if (who % (others + 1) === others) {
          const { bytes } = await vic.seal();
          publish(bytes);
          deliver(bytes);
          continue;
        }
        const client = senders[who % (others + 1)]!;
        if (reads) await client.read(log);
        const { t, bytes } = await client.seal();
        publish(bytes);
        const lying = at < 0.8 * steps.length && (percent === 0 ? lies.length === 0 && at > 5 : chance < percent);
        if (held) {
          await vicReads();
          held.lie.before = vic.loud.length;
          held.lie.swappedWith = t;
          deliver(bytes);
          deliver(held.bytes);
          held = null;
        } else if (!lying) deliver(bytes);
        else {
          await vicReads();
          const lie = { withheld: t, before: vic.loud.length };
          lies.push(lie);
          if (kind === 'junk') deliver(JUNK);
          if (kind === 'replay' && view.length) deliver(view[which % view.length]!.bytes);
          if (kind === 'swap') held = { bytes, lie };
        }
        if (which % 5 === 0) vic.restart();
        if (reading) await vicReads();
      }
      if (held) deliver(held.bytes);
      const everybodyTalks = async (rounds: number): Promise<void> => {
        for (let round = 0; round < rounds; round++) {
          for (const client of senders) {
            await client.read(log);
            const { bytes } = await client.seal();
            publish(bytes);
            deliver(bytes);
          }
        }
        await vicReads();
      };
      await everybodyTalks(3);
      const before = vic.loud.length;
      await everybodyTalks(10);
      assert.deepEqual(vic.loud.slice(before), [], 'told after the lying stopped');
      // the others were told the truth: all they can find is that vic was not
      assert.ok(senders.every(({ loud }) => loud.every(({ from }) => from === vic.device.id)));
    },
  );
  await fc.assert(property, { numRuns });
  assert.ok(due > numRuns, `only ${due} lies came to be due`);
});

test('one message withheld from some, nothing else wrong: everyone who lacks it is told by the first who had it', async () => {
  let due = 0;
  const step = fc.record({ who: some(4), hidden: some(31), reads: some(31) });
  const property = fc.asyncProperty(
    fc.constantFrom(3, 5),
    fc.array(step, { minLength: 20, maxLength: 30 }),
    async (members, steps) => {
      const clients = Array.from({ length: members }, (_, at) => new Reader(at));
      const feeds = new Map(clients.map((client): [Reader, Entry[]] => [client, []]));
      let lie: { withheld: string; waiting: Set<Reader> } | null = null;
      for (const [number, { who, hidden, reads }] of steps.entries()) {
        const sender = clients[who % members]!;
        const { t, bytes } = await sender.seal();
        const without = number === 9 ? clients.filter((client, at) => client !== sender && hidden & (1 << at)) : [];
        if (without.length) lie = { withheld: t, waiting: new Set(without) };
        for (const [client, feed] of feeds) if (!without.includes(client)) feed.push({ id: feed.length + 1, bytes });
        for (const [at, client] of clients.entries()) {
          if (client !== sender && reads & (1 << at)) continue;
          const feed = feeds.get(client)!;
          await client.read(feed, feed.length, ({ from, seen }) => {
            const author = clients.find(({ device }) => device.id === from)!;
            const had = lie && author.place(lie.withheld);
            if (!lie?.waiting.has(client) || had === null || had === undefined || had > (author.place(seen!.t) ?? -1))
              return;
            lie.waiting.delete(client);
            due += 1;
            assert.ok(client.loud.length > 0);
          });
        }
      }
    },
  );
  await fc.assert(property, { numRuns });
  assert.ok(due > numRuns / 2, `only ${due} were due`);
});
