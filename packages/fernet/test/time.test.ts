import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Fernet, InvalidToken, timestampOf } from '@fernspeak/fernet';

const fernet = new Fernet(Fernet.generateKey());
const MADE = 1_700_000_000;
const token = fernet.encryptAtTime('then', MADE);

describe('ttl', () => {
  test('is met up to its last second', () => {
    assert.ok(fernet.decrypt(token, { ttl: 10, now: MADE + 10 }));
    assert.throws(() => fernet.decrypt(token, { ttl: 10, now: MADE + 11 }), InvalidToken);
  });

  test('is counted from the system clock unless now is given', () => {
    assert.ok(fernet.decrypt(fernet.encrypt('fresh'), { ttl: 10 }));
    assert.throws(() => fernet.decrypt(token, { ttl: 10 }), InvalidToken);
  });

  test('fractions of now are rounded down', () => {
    assert.ok(fernet.decrypt(token, { ttl: 10, now: MADE + 10.999 }));
  });

  test('allows a token 60 s from the future, and not a second more', () => {
    assert.ok(fernet.decrypt(token, { ttl: 10, now: MADE - 60 }));
    assert.throws(() => fernet.decrypt(token, { ttl: 10, now: MADE - 61 }), InvalidToken);
    assert.throws(() => fernet.decrypt(token, { ttl: Infinity, now: MADE - 61 }), InvalidToken);
  });

  test('without it no time is looked at', () => {
    assert.ok(fernet.decrypt(token, { now: 0 }));
    assert.ok(fernet.decrypt(token, { now: MADE * 2 }));
    assert.ok(fernet.decrypt(fernet.encryptAtTime('far', Number.MAX_SAFE_INTEGER)));
  });

  test("that makes no sense is the caller's mistake", () => {
    for (const ttl of [-1, NaN]) assert.throws(() => fernet.decrypt(token, { ttl }), RangeError);
    for (const options of [null, 60])
      assert.throws(() => fernet.decrypt(token, options as never), { name: 'TypeError', message: /an object: \{ ttl/ });
    for (const ttl of [null, '60', 60n]) assert.throws(() => fernet.decrypt(token, { ttl: ttl as never }), TypeError);
    for (const now of [-1, NaN, Infinity]) assert.throws(() => fernet.decrypt(token, { ttl: 1, now }), RangeError);
    assert.throws(() => fernet.decrypt(token, { now: '0' as never }), TypeError);
  });
});

describe('timestamps', () => {
  test('are read without the key by timestampOf', () => {
    assert.equal(timestampOf(token), MADE);
    assert.equal(timestampOf(altered(token)), MADE, 'whoever put it there');
  });

  test('are read and checked by extractTimestamp', () => {
    assert.equal(fernet.extractTimestamp(token), MADE);
    assert.throws(() => fernet.extractTimestamp(altered(token)), InvalidToken);
    assert.throws(() => new Fernet(Fernet.generateKey()).extractTimestamp(token), InvalidToken);
  });

  test('need a token', () => {
    for (const wrong of ['', 'gAAAAA==', token.slice(4), token.replace('g', 'h')]) {
      assert.throws(() => timestampOf(wrong), InvalidToken);
      assert.throws(() => fernet.extractTimestamp(wrong), InvalidToken);
    }
  });

  test('of encryptAtTime are whole seconds from 0', () => {
    assert.equal(timestampOf(fernet.encryptAtTime('', 0)), 0);
    assert.equal(timestampOf(fernet.encryptAtTime('', 1.9)), 1);
    for (const time of [-1, NaN, Infinity, 2 ** 53]) assert.throws(() => fernet.encryptAtTime('', time), RangeError);
    assert.throws(() => fernet.encryptAtTime('', '0' as never), TypeError);
  });
});

test('an IV is 16 bytes', () => {
  for (const length of [0, 15, 17]) {
    assert.throws(() => fernet.encryptFromParts({ message: '', time: 0, iv: new Uint8Array(length) }), RangeError);
  }
  assert.throws(() => fernet.encryptFromParts({ message: '', time: 0, iv: '0123456789abcdef' as never }), TypeError);
});

/** The token with one bit of its HMAC flipped. */
function altered(token: string): string {
  const bytes = Buffer.from(token, 'base64url');
  bytes[bytes.length - 1]! ^= 1;
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
