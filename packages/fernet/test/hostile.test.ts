// What an attacker can send: nothing but InvalidToken comes of it, and nothing of it opens.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fernet, InvalidToken, MultiFernet, timestampOf } from '@fernspeak/fernet';
import { base64url, signed } from './forge.ts';
import { Random, newSeed } from './random.ts';

/** A million; under the browser condition, where each takes much longer, when there is time. */
const BROWSER = process.execArgv.includes('--conditions=browser');
const INPUTS = BROWSER && process.env['FERNSPEAK_LONG'] !== '1' ? 50_000 : 1_000_000;
Error.stackTraceLimit = 0; // or most of the time would go into the stack traces of InvalidToken

const key = Fernet.generateKey();
const fernet = new Fernet(key);
const ring = new MultiFernet([new Fernet(Fernet.generateKey()), fernet]);
const good = [0, 1, 15, 16, 40, 200, 1000].map((length) => fernet.encrypt('x'.repeat(length)));
const bytesOf = (token: string): Uint8Array => new Uint8Array(Buffer.from(token, 'base64url'));

const ALPHABETS = [
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
  'gAAAAAB=',
  'gA+/=-_ \n\t\r\0.,"\'\\%',
  'gAé\u00ff\u0100\u0141\ud800\udc00\uffff€',
];

function characters(random: Random, most: number): string {
  const alphabet = random.pick(ALPHABETS);
  return Array.from({ length: random.size(most) }, () => random.pick(alphabet)).join('');
}

/** One way to make something out of a good token, or out of nothing. */
type Way = (random: Random, token: string) => string;

const WAYS: Record<string, Way> = {
  'random characters': (random) => characters(random, 400),
  'random bytes': (random) => base64url(random.bytes(random.size(400))),
  'a good start': (random, token) => token.slice(0, random.below(token.length)) + characters(random, 100),
  'characters replaced': (random, token) => {
    const at = random.below(token.length);
    return token.slice(0, at) + characters(random, 8) + token.slice(at + random.below(9));
  },
  'a piece moved': (random, token) => {
    const [from, to] = [random.below(token.length), random.below(token.length)];
    return token.slice(0, to) + token.slice(from, from + random.below(40)) + token.slice(to);
  },
  'bytes altered': (random, token) => {
    const bytes = bytesOf(token);
    for (let i = 0; i <= random.below(3); i++) bytes[random.below(bytes.length)] = random.below(256);
    return base64url(bytes);
  },
  'cut bytes': (random, token) => base64url(bytesOf(token).subarray(0, random.below(bytesOf(token).length))),
  'two tokens mixed': (random, token) => {
    const other = random.pick(good);
    return token.slice(0, random.below(token.length)) + other.slice(random.below(other.length));
  },
  'well signed junk': (random) => {
    const body = random.bytes(random.size(200));
    if (random.below(4) > 0) body[0] = 0x80;
    return signed(key, body);
  },
  'well signed, altered': (random, token) => {
    const body = bytesOf(token).subarray(0, -32);
    body[random.below(body.length)] = random.below(256);
    return signed(key, body);
  },
};

/** What a call gives; null for InvalidToken. Anything else that is thrown goes on. */
function given<T>(call: () => T): T | null {
  try {
    return call();
  } catch (error) {
    if (error instanceof InvalidToken) return null;
    throw error;
  }
}

/** The token is refused, or it is one of the good ones, or whoever signed it could have made it. */
function check(token: string, signedWell: boolean): void {
  const opened = given(() => fernet.decrypt(token, { ttl: 1e9, now: 1e9 + 1 }));
  const age = given(() => timestampOf(token));
  const verified = given(() => fernet.extractTimestamp(token));
  const rotated = given(() => ring.rotate(token));
  if (signedWell || good.includes(token)) return;
  assert.equal(opened, null);
  assert.equal(verified, null);
  assert.equal(rotated, null);
  assert.ok(age === null || age >= 0);
}

for (const [name, way] of Object.entries(WAYS)) {
  test(`never anything but InvalidToken: ${name}`, () => {
    const seed = newSeed();
    const random = new Random(seed);
    for (let i = 0; i < INPUTS / Object.keys(WAYS).length; i++) {
      const token = way(random, random.pick(good));
      try {
        check(token, name.startsWith('well signed'));
      } catch (error) {
        throw new Error(`SEED=${seed}, input ${i}: ${JSON.stringify(token)}`, { cause: error });
      }
    }
    for (const token of good) assert.ok(fernet.decrypt(token), 'and what is good still opens');
  });
}
