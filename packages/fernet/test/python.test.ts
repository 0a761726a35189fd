// Python's cryptography opens what we make, and we open what it makes.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { Fernet, MultiFernet, timestampOf } from '@fernspeak/fernet';
import { NEEDS_PYTHON, findPythons } from '@fernspeak/test';
import { PythonFernet } from './python.ts';
import { Random, newSeed } from './random.ts';
import { VECTORS, bytesFromHex, messageOf } from './vectors.ts';

/** With the newest Python here; the others get fewer unless there is time. */
const MESSAGES = 10_000;
const MESSAGES_OF_OTHERS = process.env['FERNSPEAK_LONG'] === '1' ? MESSAGES : 1000;
const LONGEST = 65_536;

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const pythons = findPythons();
if (pythons.length === 0) test("Python's cryptography", { skip: NEEDS_PYTHON }, () => {});

for (const [index, found] of pythons.entries()) {
  const messages = index === 0 ? MESSAGES : MESSAGES_OF_OTHERS;
  describe(`Python's cryptography ${found.cryptography}`, () => {
    const python = new PythonFernet(found);
    after(() => python.end());

    test(`both ways, Fernet and MultiFernet, ${messages} random messages of 0 to ${LONGEST} bytes`, async () => {
      const seed = newSeed();
      const random = new Random(seed);
      const keys = [1, 2, 3].map(() => base64url(random.bytes(32)));
      const fernets = keys.map((key) => new Fernet(key)) as [Fernet, ...Fernet[]];
      const ring = new MultiFernet(fernets);
      const noise = Buffer.from(random.bytes(2 * LONGEST));
      for (let i = 0; i < messages; i++) {
        const size = i < 40 ? i : random.size(LONGEST);
        const from = random.below(LONGEST);
        const message = noise.subarray(from, from + size);
        const which = random.below(keys.length);
        const time = random.below(2 ** 32);
        const context = `SEED=${seed}, message ${i} of ${size} bytes`;

        const token = fernets[which]!.encryptAtTime(message, time);
        const { again, rotated } = await python.ask('exchange', { keys, key: keys[which], token });
        assert.ok(message.equals(fernets[which]!.decrypt(again)), context);
        assert.ok(message.equals(ring.decrypt(again)), context);
        assert.ok(message.equals(fernets[0].decrypt(rotated)), context);
        assert.equal(fernets[0].extractTimestamp(rotated), time, context);

        const back = await python.ask('open', { key: keys[0], token: ring.rotate(again) });
        assert.ok(back.message === base64(message), context);
        assert.equal(back.timestamp, time, context);
      }
    });

    test('our vectors: it makes the same tokens', async () => {
      for (const vector of VECTORS.encrypt) {
        const { key, time, iv, desc } = vector;
        const parts = { key, time, iv: base64(bytesFromHex(iv)), message: base64(messageOf(vector)) };
        const { token } = await python.ask('fromParts', parts);
        assert.equal(vector.tokenSha256 ? sha256(token) : token, vector.tokenSha256 ?? vector.token, desc);
      }
    });

    test('our vectors: it refuses what we refuse, but for the spellings that are marked', async () => {
      for (const { desc, key, token, ttl, now, python: marked } of VECTORS.refuse) {
        const { message } = await python.ask('open', { key, token, ttl, now });
        assert.equal(message === null ? undefined : 'opens', marked, desc);
      }
    });

    test('our vectors: it opens what we open', async () => {
      for (const { desc, key, token, ttl, now } of VECTORS.accept) {
        assert.notEqual((await python.ask('open', { key, token, ttl, now })).message, null, desc);
      }
      for (const { desc, keys, key, token, message, timestamp } of VECTORS.rotate) {
        const { rotated } = await python.ask('exchange', { keys, key, token });
        assert.equal(Buffer.from(new Fernet(keys[0]!).decrypt(rotated)).toString('hex'), message, desc);
        assert.equal(timestampOf(rotated), timestamp, desc);
      }
    });
  });
}

function base64url(bytes: Uint8Array): string {
  return base64(bytes).replaceAll('+', '-').replaceAll('/', '_');
}
