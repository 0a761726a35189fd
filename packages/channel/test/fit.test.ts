import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { Limits } from '@fernspeak/channel';
import { emptyJoining, fit, isChannelError, join } from '@fernspeak/channel';

const THINGSPEAK: Limits = {
  fieldBytes: 255,
  fieldsPerEntry: 8,
  entryBytes: 3000,
  bulkEntries: 960,
  minIntervalMs: 15_000,
  longPoll: false,
  live: false,
  sealed: false,
};

function joined(entries: ReturnType<typeof fit>): string[] {
  let state = emptyJoining();
  const strings: string[] = [];
  for (const [index, fields] of entries.entries()) {
    const next = join(state, { id: index + 1, createdAt: '2026-11-24T06:00:00Z', fields });
    state = next.state;
    strings.push(...(next.arrival?.strings.map(({ text }) => text) ?? []));
  }
  assert.deepEqual(state, emptyJoining());
  return strings;
}

describe('fitting', () => {
  it('puts a string that fits into field1, without a marker', () => {
    assert.deepEqual(fit('a'.repeat(255), THINGSPEAK), [['a'.repeat(255)]]);
  });

  it('puts a longer one over the fields of one entry, with a marker', () => {
    const [entry, ...others] = fit('a'.repeat(612), THINGSPEAK, { id: 'AAAAAAAAAAA' });
    assert.deepEqual(others, []);
    assert.deepEqual(entry, [`~AAAAAAAAAAA.1.1~${'a'.repeat(238)}`, 'a'.repeat(255), 'a'.repeat(119)]);
  });

  it('puts a still longer one over several entries', () => {
    const entries = fit('a'.repeat(5000), THINGSPEAK, { id: 'AAAAAAAAAAA' });
    assert.deepEqual(
      entries.map(([first]) => first?.slice(0, 17)),
      ['~AAAAAAAAAAA.1.3~', '~AAAAAAAAAAA.2.3~', '~AAAAAAAAAAA.3.3~'],
    );
    assert.deepEqual(joined(entries), ['a'.repeat(5000)]);
  });

  it('gives every sending an id of its own', () => {
    const ids = Array.from({ length: 50 }, () => fit('a'.repeat(300), THINGSPEAK)[0]?.[0]?.slice(1, 12));
    assert.equal(new Set(ids).size, 50);
    for (const id of ids) assert.match(id ?? '', /^[A-Za-z0-9_-]{11}$/);
  });

  it('stays within any limits, and joining gives the string back', () => {
    const limits = fc.record({
      fieldBytes: fc.integer({ min: 30, max: 400 }),
      fieldsPerEntry: fc.integer({ min: 1, max: 8 }),
      entryBytes: fc.integer({ min: 40, max: 3000 }),
    });
    fc.assert(
      // longer ones would be refused where fields are shortest: more entries than a reader joins
      fc.property(limits, fc.integer({ min: 1, max: 8000 }), (some, length) => {
        const sealed = Array.from({ length }, (_, index) => String.fromCharCode(65 + (index % 26))).join('');
        const entries = fit(sealed, { ...THINGSPEAK, ...some });
        for (const fields of entries) {
          assert.ok(fields.length <= some.fieldsPerEntry);
          assert.ok(fields.every((value) => value !== null && value.length <= some.fieldBytes));
          assert.ok(fields.join('').length <= some.entryBytes);
        }
        assert.deepEqual(joined(entries), [sealed]);
      }),
    );
  });

  it('takes 1 MiB on ThingSpeak in one bulk request', () => {
    const entries = fit('a'.repeat(1_398_196), THINGSPEAK);
    assert.equal(entries.length, 693);
  });

  const refused = (sealed: string, limits: Limits, says: RegExp): void =>
    assert.throws(
      () => fit(sealed, limits),
      (error) => isChannelError(error, 'refused') && says.test(error.message),
    );

  it('refuses what takes longer than ten minutes, with the estimate', () => {
    const oneByOne = { ...THINGSPEAK, bulkEntries: 1 };
    assert.equal(fit('a'.repeat(40 * 2000), oneByOne).length, 40);
    refused(
      'a'.repeat(14_000_000),
      oneByOne,
      /6921 entries of this channel, which takes about 29 hours; that is more than 10 minutes/,
    );
  });

  it('refuses what nobody could join again', () => {
    refused(
      'a'.repeat(4 * 1024 * 1024 + 1),
      { ...THINGSPEAK, fieldBytes: 65_536, entryBytes: 524_288, minIntervalMs: 0 },
      /more than a message can be/,
    );
    refused(
      'a'.repeat(1100 * 2017),
      THINGSPEAK,
      /entries of this channel, which takes about 30 seconds; that is more than a message can be/,
    );
    refused('a'.repeat(300), { ...THINGSPEAK, fieldBytes: 10 }, /too short for parts/);
    assert.throws(() => fit('ü', THINGSPEAK), TypeError);
  });
});
