// The trick of kept-open.ts against OpenSSL used plainly, and what it leaves behind when something goes wrong.
import assert from 'node:assert/strict';
import { Cipheriv, createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { KeptOpenCbc, PrecomputedHmac } from '../src/kept-open.ts';
import { pad } from '../src/padding.ts';
import { TokenKey, frameFor } from '../src/backend.node.ts';
import { seal, timestampFrom } from '../src/token.ts';

const PLAINTEXT = Buffer.from('nobody else may read this; ');

function plainly(key: Uint8Array, iv: Uint8Array, message: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-128-cbc', key, iv);
  return Buffer.concat([cipher.update(message), cipher.final()]);
}

/** IV ‖ ciphertext by the trick. */
function byTheTrick(cbc: KeptOpenCbc, iv: Uint8Array, message: Uint8Array): Buffer {
  const bytes = Buffer.alloc(iv.length + message.length + 16);
  bytes.set(iv);
  bytes.set(message, iv.length);
  const end = pad(bytes, iv.length, iv.length + message.length);
  cbc.encrypt(bytes, iv.length, end);
  return bytes.subarray(0, end);
}

test('one cipher kept open gives, message after message, what a new cipher for each gives', () => {
  const key = randomBytes(16);
  const cbc = new KeptOpenCbc(key);
  for (const length of [0, 1, 15, 16, 17, 1000, 131_071, 131_072, 131_073, 400_000, 5, 2_097_152, 4_300_000, 3]) {
    const [iv, message] = [randomBytes(16), randomBytes(length)];
    const sealed = byTheTrick(cbc, iv, message);
    assert.ok(sealed.subarray(16).equals(plainly(key, iv, message)), `${length} bytes`);
    assert.ok(message.equals(cbc.decrypt(sealed, 16, sealed.length) ?? assert.fail('padded')), `${length} bytes back`);
  }
});

test('keys in turn do not disturb each other', () => {
  const keys = Array.from({ length: 5 }, () => randomBytes(16));
  const ciphers = keys.map((key) => new KeptOpenCbc(key));
  for (let round = 0; round < 200; round++) {
    const which = round % 5;
    const [iv, message] = [randomBytes(16), randomBytes(round)];
    assert.ok(
      byTheTrick(ciphers[which]!, iv, message)
        .subarray(16)
        .equals(plainly(keys[which]!, iv, message)),
    );
  }
});

test('what was decrypted before, bad padding too, leaves no trace in what follows', () => {
  const key = randomBytes(16);
  const cbc = new KeptOpenCbc(key);
  for (let round = 0; round < 200; round++) {
    cbc.decrypt(randomBytes(16 + 16 * (1 + (round % 4))), 16, 32);
    const message = randomBytes(round);
    const sealed = byTheTrick(cbc, randomBytes(16), message);
    assert.ok(message.equals(cbc.decrypt(sealed, 16, sealed.length) ?? assert.fail('padded')));
  }
});

test('an error in the middle costs the open cipher, not the truth of the next token', (t) => {
  const key = randomBytes(16);
  const cbc = new KeptOpenCbc(key);
  const [iv, message] = [randomBytes(16), randomBytes(500_000)];
  byTheTrick(cbc, iv, message);
  for (const failing of [1, 2, 4]) {
    let calls = 0;
    const update = Cipheriv.prototype.update as (this: Cipheriv, data: Uint8Array) => Buffer;
    const broken = t.mock.method(Cipheriv.prototype, 'update', function (this: Cipheriv, data: Uint8Array) {
      const output = update.call(this, data);
      if (++calls === failing) throw new Error('out of memory');
      return output;
    });
    assert.throws(() => byTheTrick(cbc, iv, message), /out of memory/);
    broken.mock.restore();
    assert.equal(calls, failing);
    assert.ok(
      byTheTrick(cbc, iv, message)
        .subarray(16)
        .equals(plainly(key, iv, message)),
    );
  }
});

test('the memory that tokens share keeps neither plaintext nor key, after an error either', (t) => {
  const raw = randomBytes(32);
  const key = new TokenKey(raw);
  const message = Buffer.concat(Array.from({ length: 500 }, () => PLAINTEXT));
  const innerPad = Buffer.from(raw.subarray(0, 16).map((byte) => byte ^ 0x36));
  const leftovers = (): string[] => {
    const shared = Buffer.from(frameFor(1));
    return [shared.includes(PLAINTEXT) ? 'plaintext' : '', shared.includes(innerPad) ? 'key' : ''].filter(Boolean);
  };
  seal(key, { message, time: timestampFrom(0) });
  seal(key, { message: message.toString(), time: timestampFrom(0) });
  assert.deepEqual(leftovers(), [], 'after sealing');

  const frame = frameFor(100);
  key.verifies(frame, 200);
  assert.deepEqual(leftovers(), [], 'after checking');

  const broken = t.mock.method(Cipheriv.prototype, 'update', () => {
    throw new Error('out of memory');
  });
  assert.throws(() => seal(key, { message, time: timestampFrom(0) }), /out of memory/);
  broken.mock.restore();
  assert.deepEqual(leftovers(), [], 'after an error');
});

test('two one-shot hashes over precomputed pads are an HMAC', () => {
  for (const keyBytes of [0, 1, 16, 32, 64]) {
    const key = randomBytes(keyBytes);
    const hmac = new PrecomputedHmac(key);
    for (const length of [0, 1, 55, 56, 64, 1000, 100_000]) {
      const bytes = Buffer.concat([Buffer.alloc(64), randomBytes(length)]);
      const target = Buffer.alloc(40);
      hmac.write(bytes, bytes.length, target, 5);
      assert.ok(target.subarray(5, 37).equals(createHmac('sha256', key).update(bytes.subarray(64)).digest()));
    }
  }
});
