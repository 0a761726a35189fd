import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Fernet, InvalidToken, MultiFernet } from '@fernspeak/fernet';
import { base64url } from './forge.ts';

const LONG = process.env['FERNSPEAK_LONG'] === '1';
const numRuns = LONG ? 10_000 : 500;

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const iv = fc.uint8Array({ minLength: 16, maxLength: 16 });
const time = fc.maxSafeNat();
const message = fc.uint8Array({ maxLength: 300 });
const parts = fc.record({ message, time, iv });
const place = fc.nat();

test('any bytes under any key at any time come back', () => {
  fc.assert(
    fc.property(key, parts, (key, parts) => {
      const fernet = new Fernet(key);
      const token = fernet.encryptFromParts(parts);
      assert.deepEqual(new Fernet(key).decrypt(token), parts.message);
      assert.equal(fernet.extractTimestamp(token), parts.time);
    }),
    { numRuns },
  );
});

test('any text comes back', () => {
  fc.assert(
    fc.property(key, fc.string({ unit: 'binary', maxLength: 300 }), (key, text) => {
      assert.equal(
        new TextDecoder('utf-8', { ignoreBOM: true }).decode(new Fernet(key).decrypt(new Fernet(key).encrypt(text))),
        text,
      );
    }),
    { numRuns },
  );
});

test('lengths around every block and piece come back', () => {
  const fernet = new Fernet(Fernet.generateKey());
  const around = fc.tuple(
    fc.constantFrom(0, 16, 128, 73_659, 65_536, 131_072, 2_097_152),
    fc.integer({ min: -17, max: 17 }),
  );
  fc.assert(
    fc.property(around, fc.nat(255), ([near, by], byte) => {
      const message = new Uint8Array(Math.max(0, near + by)).fill(byte);
      assert.ok(Buffer.from(message).equals(fernet.decrypt(fernet.encrypt(message))));
    }),
    { numRuns: LONG ? 300 : 30 },
  );
});

test('one flipped bit is refused', () => {
  fc.assert(
    fc.property(key, parts, place, fc.nat(7), (key, parts, place, bit) => {
      const fernet = new Fernet(key);
      const bytes = Buffer.from(fernet.encryptFromParts(parts), 'base64url');
      bytes[place % bytes.length]! ^= 1 << bit;
      assert.throws(() => fernet.decrypt(base64url(bytes)), InvalidToken);
    }),
    { numRuns },
  );
});

test('every bit of one token, flipped, is refused', () => {
  const fernet = new Fernet(Fernet.generateKey());
  const bytes = Buffer.from(fernet.encrypt('every bit'), 'base64url');
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    assert.throws(() => fernet.decrypt(base64url(bytes)), InvalidToken);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
  }
  assert.ok(fernet.decrypt(base64url(bytes)), 'and nothing flipped opens');
});

test('any truncation is refused, of the bytes and of the text, at both ends', () => {
  fc.assert(
    fc.property(key, parts, place, fc.boolean(), (key, parts, place, front) => {
      const fernet = new Fernet(key);
      const token = fernet.encryptFromParts(parts);
      const bytes = Buffer.from(token, 'base64url');
      const cut = <T extends { length: number; slice(from: number, to: number): T }>(whole: T): T => {
        const off = 1 + (place % whole.length);
        return front ? whole.slice(off, whole.length) : whole.slice(0, whole.length - off);
      };
      assert.throws(() => fernet.decrypt(base64url(cut(bytes))), InvalidToken);
      assert.throws(() => fernet.decrypt(cut(token)), InvalidToken);
    }),
    { numRuns },
  );
});

test('any other spelling is refused: what opens is the very token', () => {
  const fernet = new Fernet(Fernet.generateKey());
  const tokens = [1, 17, 33].map((length) => fernet.encrypt(new Uint8Array(length)));
  const character = fc.oneof(
    fc.constantFrom('+', '/', '=', ' ', '\n', '\t', '\0', '.', 'A', '-', '_'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...tokens),
      place,
      fc.nat(2),
      fc.string({ unit: character, maxLength: 4 }),
      (token, place, cut, put) => {
        const at = place % (token.length + 1);
        const other = token.slice(0, at) + put + token.slice(at + cut);
        if (other !== token) assert.throws(() => fernet.decrypt(other), InvalidToken);
      },
    ),
    { numRuns: numRuns * 10 },
  );
});

test('any other key is refused', () => {
  fc.assert(
    fc.property(key, key, parts, (key, other, parts) => {
      fc.pre(!Buffer.from(key).equals(other));
      const token = new Fernet(key).encryptFromParts(parts);
      // the same signing half opens the HMAC: then the padding decides, as in every Fernet
      fc.pre(!Buffer.from(key.subarray(0, 16)).equals(other.subarray(0, 16)));
      assert.throws(() => new Fernet(other).decrypt(token), InvalidToken);
    }),
    { numRuns },
  );
});

test('one flipped bit of the signing key is refused', () => {
  fc.assert(
    fc.property(key, parts, fc.nat(127), (key, parts, bit) => {
      const token = new Fernet(key).encryptFromParts(parts);
      const other = Uint8Array.from(key);
      other[bit >> 3]! ^= 1 << (bit & 7);
      assert.throws(() => new Fernet(other).decrypt(token), InvalidToken);
    }),
    { numRuns },
  );
});

test('a ring opens what any of its keys made, and rotation changes neither message nor time', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(key, { minLength: 1, maxLength: 5, selector: String }),
      place,
      parts,
      (keys, place, parts) => {
        const fernets = keys.map((key) => new Fernet(key));
        const ring = new MultiFernet(fernets);
        const token = fernets[place % fernets.length]!.encryptFromParts(parts);
        assert.deepEqual(ring.decrypt(token), parts.message);
        const rotated = ring.rotate(token);
        assert.deepEqual(fernets[0]!.decrypt(rotated), parts.message);
        assert.equal(fernets[0]!.extractTimestamp(rotated), parts.time);
      },
    ),
    { numRuns },
  );
});
