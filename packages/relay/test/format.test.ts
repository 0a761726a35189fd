import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { numericValue, roundValue, toInteger } from '../src/format/number.ts';
import { csvTime, isoTime, parseEpoch, parseTime, zoneOf, type Zone } from '../src/format/time.ts';
import { Params } from '../src/http/params.ts';

function zone(query: string): Zone {
  const params = new Params();
  params.addEncoded(query);
  return zoneOf(params);
}

const UTC = zone('');
const at = (text: string): number => Date.parse(text) / 1000;

describe('times', () => {
  test('what is written is read again as the same second, in any zone', () => {
    const zones = ['', 'timezone=Asia/Kolkata', 'timezone=America/St_Johns', 'offset=-11', 'timezone=Pacific/Apia'].map(
      zone,
    );
    fc.assert(
      fc.property(
        fc.integer({ min: at('1980-01-01T00:00:00Z'), max: at('2099-01-01T00:00:00Z') }),
        fc.constantFrom(...zones),
        (time, zone) => {
          assert.equal(parseTime(isoTime(time, zone), UTC), time);
          assert.equal(parseTime(csvTime(time, zone), UTC), time);
        },
      ),
    );
  });

  test('a clock time is read in the zone, on both sides of a change of clocks', () => {
    const berlin = zone('timezone=Europe/Berlin');
    assert.equal(parseTime('2026-03-29 01:59:59', berlin), at('2026-03-29T00:59:59Z'));
    assert.equal(parseTime('2026-03-29 03:00:00', berlin), at('2026-03-29T01:00:00Z'));
    assert.equal(parseTime('2026-10-25 03:00:00', berlin), at('2026-10-25T02:00:00Z'));
    assert.equal(isoTime(at('2026-07-01T00:00:00Z'), berlin), '2026-07-01T02:00:00+02:00');
    assert.equal(isoTime(at('2026-01-01T00:00:00Z'), berlin), '2026-01-01T01:00:00+01:00');
  });

  test('loose forms are read', () => {
    const forms: [string, string][] = [
      ['2026-11-24', '2026-11-24T00:00:00Z'],
      ['2026-11-24 06:05', '2026-11-24T06:05:00Z'],
      ['2026-1-4 6:05:07', '2026-01-04T06:05:07Z'],
      ['2026-11-24T06:05:07.999Z', '2026-11-24T06:05:07Z'],
      ['2026-11-24 06:05:07 UTC', '2026-11-24T06:05:07Z'],
      ['2026-11-24 06:05:07 +0530', '2026-11-24T00:35:07Z'],
      ['2026-11-24T06:05:07-05', '2026-11-24T11:05:07Z'],
      ['2026-11-24T06:05:07 05:30', '2026-11-24T00:35:07Z'], // a + that an address turned into a blank
    ];
    for (const [text, iso] of forms) assert.equal(parseTime(text, zone('timezone=UTC')), at(iso), text);
  });

  test('what is no time is not read', () => {
    const none = [
      '',
      'now',
      '2026',
      '2026-13-01',
      '2026-02-30',
      '2026-11-24 24:00:00',
      '2026-11-24 06:60',
      '0000-01-01',
      '9999-12-31',
      '20261124',
      '2026-11-24 06:05:07 CET',
      '99999-01-01',
    ];
    for (const text of none) assert.equal(parseTime(text, UTC), null, text);
    for (const text of ['', 'x', '1e9', '99999999999999', '-99999999999']) assert.equal(parseEpoch(text), null, text);
  });

  test('no text makes the parser throw', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseTime(text, UTC)));
  });
});

describe('numbers', () => {
  test('only sign, digits and a fraction are a number, with a comma or a point', () => {
    for (const [text, number] of [
      ['1', 1],
      ['-1.5', -1.5],
      ['+2', 2],
      [' 3,25 ', 3.25],
    ] as const)
      assert.equal(numericValue(text), number);
    for (const text of ['', '.5', '5.', '1e5', '0x10', '1.2.3', '1,2,3', 'NaN', 'Infinity', null])
      assert.equal(numericValue(text), null);
  });

  test('rounding is that of C: ties go to the even digit', () => {
    const cases: [string, number, string][] = [
      ['0.5', 0, '0'],
      ['1.5', 0, '2'],
      ['2.5', 0, '2'],
      ['-2.5', 0, '-2'],
      ['0.25', 1, '0.2'],
      ['0.35', 1, '0.3'],
      ['0.15', 1, '0.1'],
      ['2.55', 1, '2.5'],
      ['1', 2, '1.00'],
      ['3,14159', 2, '3,14'],
      ['1.005', 2, '1.00'],
      ['9.995', 2, '9.99'],
      ['12345678901234567890123', 1, '12345678901234567890123'],
    ];
    for (const [value, decimals, rounded] of cases)
      assert.equal(roundValue(value, decimals), rounded, `${value} to ${decimals}`);
    assert.equal(roundValue('text', 1), 'text');
    assert.equal(roundValue(null, 1), null);
  });

  test('whole numbers are read as Ruby reads them', () => {
    for (const [text, number] of [
      ['12', 12],
      ['12abc', 12],
      ['-3', -3],
      ['abc', 0],
      ['', 0],
      ['1e3', 1],
    ] as const)
      assert.equal(toInteger(text), number);
  });
});
