// What the operator of a relay, or anyone who reads a channel, can make of sealed messages: size class, times and write key,
// and of their bytes nothing. Each test of the bytes is also run on entries that leak, which it has to find.
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { MemoryChannel, fit } from '@fernspeak/channel';
import { utf8 } from '../../src/bytes.ts';
import { chainNext, chainStart, NOTHING } from '../../src/continuity/chain.ts';
import type { Seen } from '../../src/frame/layout.ts';
import { conversationIdBytes } from '../../src/framed/about.ts';
import type { Written } from '../../src/framed/seal.ts';
import { device, shared } from '../support/members.ts';
import { sealOf } from '../support/story.ts';

const ENTRIES = 10_000;
const CONVERSATIONS = 3;
const CHARACTERS = 612;
/** Version and time: the same in all tokens. Behind them IV, ciphertext, HMAC. */
const FIXED_BYTES = 9;
const BLOCK_BYTES = 16;
/**
 * How far beyond its mean a statistic may be, in standard deviations of a normal one: beyond lies 2e-11 on one side. The
 * comparisons below are 17,000 in all (every byte and bit, by two groupings), so chance fails this file once in a million runs.
 */
const Z = 6.6;

/** An entry as it lies on the channel, and what the operator would like to know of it. */
interface Stored {
  readonly bytes: Buffer;
  /** Number of the conversation, or of the kind of message. */
  readonly group: number;
}

type Kind = 'hello' | 'ack' | 'short' | 'long';
const KINDS: readonly Kind[] = ['hello', 'ack', 'short', 'long'];

// --- Statistics ---

/** The greatest chi-squared that chance may bring: the cube of Wilson and Hilferty, 1931 (a little too kind where `free` is small). */
function chiSquaredLimit(free: number): number {
  const spread = 2 / (9 * free);
  return free * (1 - spread + Z * Math.sqrt(spread)) ** 3;
}

/** Of counts that should all be the same. */
function isUniform(counts: Uint32Array): boolean {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return chiSquared <= chiSquaredLimit(counts.length - 1);
}

/** Of counts by group that should be in the same proportions in each. */
function isHomogeneous(groups: readonly Uint32Array[]): boolean {
  const sizes = groups.map((counts) => counts.reduce((sum, count) => sum + count, 0));
  const all = sizes.reduce((sum, size) => sum + size, 0);
  let chiSquared = 0;
  let values = 0;
  for (let value = 0; value < (groups[0]?.length ?? 0); value++) {
    const total = groups.reduce((sum, counts) => sum + (counts[value] ?? 0), 0);
    if (total === 0) continue;
    values += 1;
    for (const [group, counts] of groups.entries()) {
      const expected = (total * (sizes[group] ?? 0)) / all;
      chiSquared += ((counts[value] ?? 0) - expected) ** 2 / expected;
    }
  }
  return values < 2 || chiSquared <= chiSquaredLimit((values - 1) * (groups.length - 1));
}

/** How often each value of a byte stands at a position: one table for each group. */
function countBytes(entries: readonly Stored[], position: number, groups: number): Uint32Array[] {
  const counts = Array.from({ length: groups }, () => new Uint32Array(256));
  for (const { bytes, group } of entries) {
    const table = counts[group];
    if (table) table[bytes[position] ?? 0]! += 1;
  }
  return counts;
}

/** The same for one of its bits. */
function countBit(counts: Uint32Array, bit: number): Uint32Array {
  const both = new Uint32Array(2);
  for (const [value, count] of counts.entries()) both[(value >> bit) & 1]! += count;
  return both;
}

function sum(tables: readonly Uint32Array[]): Uint32Array {
  return tables.reduce((total, table) => total.map((count, at) => count + (table[at] ?? 0)));
}

// --- What the operator tries ---

/** How many of the second half naive Bayes on all bits, trained on the first, puts into the right group. */
function guessed(entries: readonly Stored[], groups: number): { right: number; of: number; chance: number } {
  const half = Math.floor(entries.length / 2);
  const [known, unknown] = [entries.slice(0, half), entries.slice(half)];
  const length = entries[0]?.bytes.length ?? 0;
  const sizes = Array.from({ length: groups }, (_, group) => known.filter((each) => each.group === group).length);
  // of each value of a byte: its eight bits together
  const weights = Array.from({ length }, (_, position) =>
    countBytes(known, position, groups).map((counts, group) => {
      const bits = Array.from({ length: 8 }, (_, bit) => Array.from(countBit(counts, bit)));
      const weigh = (bit: number[], value: number): number =>
        Math.log(((bit[value] ?? 0) + 1) / ((sizes[group] ?? 0) + 2));
      return Float64Array.from(counts, (_, value) =>
        bits.reduce((all, bit, at) => all + weigh(bit, (value >> at) & 1), 0),
      );
    }),
  );
  let right = 0;
  for (const { bytes, group } of unknown) {
    const scores = sizes.map((size) => Math.log(size + 1));
    for (let position = FIXED_BYTES; position < length; position++) {
      const value = bytes[position] ?? 0;
      for (let each = 0; each < groups; each++) scores[each]! += weights[position]?.[each]?.[value] ?? 0;
    }
    if (scores.indexOf(Math.max(...scores)) === group) right += 1;
  }
  const shares = sizes.map((_, group) => unknown.filter((each) => each.group === group).length / unknown.length);
  return { right, of: unknown.length, chance: Math.max(...shares) };
}

/** What tells entries apart, or gives their groups away. Entries of one group stand in the order in which they were stored. */
function leaks(entries: readonly Stored[]): Set<string> {
  const found = new Set<string>();
  const groups = Math.max(...entries.map(({ group }) => group)) + 1;
  const length = entries[0]?.bytes.length ?? 0;
  if (entries.some(({ bytes }) => bytes.length !== length)) return found.add('size');
  const beginnings = new Set(entries.map(({ bytes }) => bytes.toString('hex', 0, FIXED_BYTES)));
  if (beginnings.size > 1) found.add('beginning');

  const last = new Map<number, Buffer>();
  const steps = entries.flatMap(({ bytes, group }): Stored[] => {
    const before = last.get(group);
    last.set(group, bytes);
    return before ? [{ bytes: minus(bytes, before), group }] : [];
  });
  for (let position = FIXED_BYTES; position < length; position++) {
    const tables = countBytes(entries, position, groups);
    const all = sum(tables);
    if (!isUniform(all)) found.add('byte');
    if (!isHomogeneous(tables)) found.add('byte by group');
    for (let bit = 0; bit < 8; bit++) {
      if (!isUniform(countBit(all, bit))) found.add('bit');
      if (!isHomogeneous(tables.map((table) => countBit(table, bit)))) found.add('bit by group');
    }
    if (!isUniform(sum(countBytes(steps, position, groups)))) found.add('step');
  }

  const blocks = new Set<string>();
  for (const { bytes } of entries) {
    for (let at = FIXED_BYTES; at < length; at += BLOCK_BYTES)
      blocks.add(bytes.toString('latin1', at, at + BLOCK_BYTES));
  }
  if (blocks.size < (entries.length * (length - FIXED_BYTES)) / BLOCK_BYTES) found.add('block');

  const { right, of, chance } = guessed(entries, groups);
  if (right > of * chance + Z * Math.sqrt(of * chance * (1 - chance))) found.add('guess');
  return found;
}

function minus(bytes: Buffer, before: Buffer): Buffer {
  return Buffer.from(bytes.map((byte, at) => byte - (before[at] ?? 0)));
}

// --- The entries ---

function content(kind: Kind, at: number): Written {
  if (kind === 'ack') return { kind, at };
  if (kind === 'hello') return { kind, at, name: 'Ada' };
  // texts of people: always the same words, so that what is sealed is anything but random
  const length = kind === 'short' ? anyOf(100) : 100 + anyOf(101);
  return { kind: 'text', at, body: utf8('Are we still on for six? '.repeat(9).slice(0, length)) };
}

function anyOf(count: number): number {
  return Math.floor(Math.random() * count);
}

/** Entries of three conversations as they come in at a relay: with members, times and things to say of their own. */
async function record(): Promise<{ text: string; conversation: number; kind: Kind }[]> {
  const talks = await Promise.all(
    Array.from({ length: CONVERSATIONS }, async (_, conversation) => {
      const about = shared();
      const members = [3 * conversation, 3 * conversation + 1, 3 * conversation + 2];
      const seals = await Promise.all(members.map(async (number) => sealOf(about, await device(number))));
      const seen: Seen = { t: NOTHING, h: chainStart(conversationIdBytes(about)) };
      return { members: seals.map((seal) => ({ seal, n: 0 })), seen, at: Date.UTC(2020 + conversation, 1) };
    }),
  );
  const { limits } = await new MemoryChannel().info();
  const entries: { text: string; conversation: number; kind: Kind }[] = [];
  for (let number = 0; number < ENTRIES; number++) {
    const conversation = anyOf(CONVERSATIONS);
    const talk = talks[conversation]!;
    const member = talk.members[anyOf(talk.members.length)]!;
    const kind: Kind = member.n === 0 ? 'hello' : (KINDS[1 + anyOf(3)] ?? 'short');
    member.n += 1;
    talk.at += 1000 + anyOf(100_000);
    const { sealed, t } = await member.seal.seal(content(kind, talk.at), { n: member.n, seen: talk.seen });
    talk.seen = { t, h: chainNext(talk.seen.h, t) };
    const [fields, ...more] = fit(sealed, limits);
    assert.deepEqual([fields?.length, more.length], [1, 0], 'one field of one entry');
    entries.push({ text: fields?.[0] ?? '', conversation, kind });
  }
  return entries;
}

const recorded = await record();
const byConversation: readonly Stored[] = recorded.map(({ text, conversation }) => {
  return { bytes: Buffer.from(text, 'base64url'), group: conversation };
});

test('every short text, acknowledgement and hello has one size, and tells no time', () => {
  assert.deepEqual(new Set(recorded.map(({ text }) => text.length)), new Set([CHARACTERS]));
  assert.deepEqual(new Set(recorded.map(({ text }) => text.slice(0, 12))), new Set(['gAAAAAAAAAAA']));
});

test('nothing tells apart the entries of three conversations', () => {
  assert.deepEqual(leaks(byConversation), new Set());
});

test('nothing tells apart acknowledgements, short texts and long ones', () => {
  const byKind = recorded.flatMap(({ kind }, at): Stored[] =>
    kind === 'hello' ? [] : [{ bytes: byConversation[at]!.bytes, group: KINDS.indexOf(kind) - 1 }],
  );
  assert.deepEqual(leaks(byKind), new Set());
});

/** The recorded entries, with one thing wrong in each: `spoil` changes a copy of the bytes, or gives others. */
function spoilt(spoil: (bytes: Buffer, group: number, at: number) => Buffer | void): Stored[] {
  return byConversation.map(({ bytes, group }, at) => {
    const copy = Buffer.from(bytes);
    return { bytes: spoil(copy, group, at) ?? copy, group };
  });
}

const IV_AT = FIXED_BYTES;
const TEXT_AT = FIXED_BYTES + BLOCK_BYTES;

const LEAKS: Readonly<Record<string, { readonly entries: () => Stored[]; readonly found: readonly string[] }>> = {
  'another size of one conversation': {
    entries: () => spoilt((bytes, group) => (group === 1 ? Buffer.concat([bytes, randomBytes(BLOCK_BYTES)]) : bytes)),
    found: ['size'],
  },
  'the time of a device': {
    entries: () => spoilt((bytes, group, at) => void bytes.writeUInt32BE(1_700_000_000 + at * 60 + group, 5)),
    found: ['beginning'],
  },
  'IVs that begin alike in each conversation': {
    entries: () => spoilt((bytes, group) => void bytes.writeUInt16BE(0x1234 * (group + 1), IV_AT)),
    found: ['byte', 'bit', 'byte by group', 'bit by group', 'guess'],
  },
  'a byte that is the same in all': {
    entries: () => spoilt((bytes) => void bytes.writeUInt8(0x41, TEXT_AT + 7)),
    found: ['byte', 'bit'],
  },
  'a bit that is set in two of three entries of one conversation': {
    entries: () =>
      spoilt((bytes, group) => {
        if (group === 2 && anyOf(3) === 0) bytes[TEXT_AT + 200]! |= 0x10;
      }),
    found: ['bit by group'],
  },
  'two conversations that lean to opposite sides': {
    entries: () =>
      spoilt((bytes, group) => {
        if (group < 2 && anyOf(3) === 0) bytes[TEXT_AT] = group === 0 ? 0 : 0xff;
      }),
    found: ['byte', 'byte by group', 'bit by group', 'guess'],
  },
  'IVs that count': {
    entries: () =>
      spoilt((bytes, group, at) => void bytes.writeUInt32BE((0x0101_0101 * (at + 77 * group)) >>> 0, IV_AT)),
    found: ['step'],
  },
  'a block that comes again, as under ECB': {
    entries: () =>
      spoilt(
        (bytes, _, at) =>
          void (at % 5000 === 9 && byConversation[0]!.bytes.copy(bytes, TEXT_AT, TEXT_AT, TEXT_AT + BLOCK_BYTES)),
      ),
    found: ['block'],
  },
};

for (const [what, { entries, found }] of Object.entries(LEAKS)) {
  test(`it is found: ${what}`, () => {
    const all = leaks(entries());
    assert.deepEqual(
      found.filter((each) => !all.has(each)),
      [],
      `only ${[...all].join(', ')}`,
    );
  });
}
