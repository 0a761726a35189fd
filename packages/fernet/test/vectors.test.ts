import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { Fernet, InvalidToken, MultiFernet } from '@fernspeak/fernet';
import { VECTORS, bytesFromHex, messageOf } from './vectors.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('our vectors: the token of given parts', () => {
  for (const vector of VECTORS.encrypt) {
    test(vector.desc, () => {
      const fernet = new Fernet(vector.key);
      const message = messageOf(vector);
      const parts = { message: vector.text ?? message, time: vector.time, iv: bytesFromHex(vector.iv) };
      const token = fernet.encryptFromParts(parts);
      assert.equal(vector.token ?? vector.tokenSha256, vector.token ? token : sha256(token));
      assert.equal(fernet.encryptFromParts({ ...parts, message }), token, 'a text or its bytes: the same');
      assert.ok(Buffer.from(message).equals(fernet.decrypt(token)));
      assert.equal(fernet.extractTimestamp(token), vector.time);
    });
  }
});

describe('our vectors: tokens to refuse', () => {
  for (const { desc, key, token, ttl, now } of VECTORS.refuse) {
    test(desc, () => {
      assert.throws(() => new Fernet(key).decrypt(token, { ttl, now }), InvalidToken);
      assert.throws(() => new MultiFernet([new Fernet(key)]).decrypt(token, { ttl, now }), InvalidToken);
    });
  }
});

describe('our vectors: ages that are just right', () => {
  for (const { desc, key, token, ttl, now } of VECTORS.accept) {
    test(desc, () => assert.ok(new Fernet(key).decrypt(token, { ttl, now })));
  }
});

describe('our vectors: rotation', () => {
  for (const { desc, keys, token, message, timestamp } of VECTORS.rotate) {
    test(desc, () => {
      const fernets = keys.map((key) => new Fernet(key));
      const rotated = new MultiFernet(fernets).rotate(token);
      assert.notEqual(rotated, token);
      const first = fernets[0]!;
      assert.deepEqual(first.decrypt(rotated), bytesFromHex(message));
      assert.equal(first.extractTimestamp(rotated), timestamp);
      assert.deepEqual(timestampBytes(rotated), timestampBytes(token), 'to the last bit');
    });
  }
});

function timestampBytes(token: string): Uint8Array {
  return Buffer.from(token, 'base64url').subarray(1, 9);
}
