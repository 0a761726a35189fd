import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sinceMoment } from '../src/since.ts';

const NOW = new Date('2026-11-24T06:00:00Z');

const MOMENTS: Record<string, string> = {
  '45s': '2026-11-24T05:59:15.000Z',
  '30m': '2026-11-24T05:30:00.000Z',
  '2h': '2026-11-24T04:00:00.000Z',
  '7d': '2026-11-17T06:00:00.000Z',
  '1w': '2026-11-17T06:00:00.000Z',
  '2026-11-23T12:30:00Z': '2026-11-23T12:30:00.000Z',
  '2026-11-23 12:30:00Z': '2026-11-23T12:30:00.000Z',
  '2026-11-23T12:30+02:00': '2026-11-23T10:30:00.000Z',
};

for (const [text, moment] of Object.entries(MOMENTS)) {
  test(`--since ${text}`, () => assert.equal(sinceMoment(text, NOW).toISOString(), moment));
}

test('a bare date is midnight on this machine', () => {
  assert.equal(sinceMoment('2026-11-23', NOW).getTime(), new Date(2026, 10, 23).getTime());
});

for (const text of [
  '',
  'yesterday',
  '7',
  '-7d',
  '2026-13-01',
  '2026-02-30',
  '2026-02-30T06:00:00Z',
  '2026-11-23Tnoon',
  '99999999d',
  '24.11.2026',
]) {
  test(`--since does not take “${text}”`, () => assert.throws(() => sinceMoment(text, NOW), /It takes an age/));
}
