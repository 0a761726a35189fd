import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fernet, InvalidToken, MultiFernet, timestampOf } from '@fernspeak/fernet';

const [ada, bob, cai] = [1, 2, 3].map(() => new Fernet(Fernet.generateKey())) as [Fernet, Fernet, Fernet];
const ring = new MultiFernet([ada, bob]);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test('the first key seals', () => {
  assert.equal(text(ada.decrypt(ring.encrypt('first'))), 'first');
  assert.throws(() => bob.decrypt(ring.encrypt('first')), InvalidToken);
});

test('every key opens, no other does', () => {
  assert.equal(text(ring.decrypt(ada.encrypt('a'))), 'a');
  assert.equal(text(ring.decrypt(bob.encrypt('b'))), 'b');
  assert.throws(() => ring.decrypt(cai.encrypt('c')), InvalidToken);
});

test('a ring looks at the age too, and reads timestamps', () => {
  const token = bob.encryptAtTime('old', 1000);
  assert.equal(ring.extractTimestamp(token), 1000);
  assert.ok(ring.decrypt(token, { ttl: 5, now: 1005 }));
  assert.throws(() => ring.decrypt(token, { ttl: 5, now: 1006 }), InvalidToken);
  assert.equal(ring.extractTimestamp(ring.encryptAtTime('x', 7)), 7);
});

test('rotation puts a token under the first key and keeps its timestamp', () => {
  const token = bob.encryptAtTime('rotate me', 1000);
  const rotated = ring.rotate(token);
  assert.equal(text(ada.decrypt(rotated)), 'rotate me');
  assert.equal(timestampOf(rotated), 1000);
});

test('rotation of a token of the first key takes a fresh IV', () => {
  const token = ada.encrypt('again');
  assert.notEqual(ring.rotate(token), token);
});

test('rotation of what does not open is an InvalidToken', () => {
  assert.throws(() => ring.rotate(cai.encrypt('c')), InvalidToken);
  assert.throws(() => ring.rotate('junk'), InvalidToken);
  assert.throws(() => ring.rotate(undefined as never), TypeError);
});

test('a key whose signing half fits but not the other does not stop the search', () => {
  const half = Buffer.from(Fernet.generateKey(), 'base64url');
  const good = new Fernet(half);
  const tokens = Array.from({ length: 300 }, () => good.encrypt('found'));
  const others = new Uint8Array(half).fill(7, 16);
  const both = new MultiFernet([new Fernet(others), good]);
  let found = 0;
  // about one of 256 wrong decryptions ends like padding; Python gives its bytes out as well
  for (const token of tokens) if (text(both.decrypt(token)) === 'found') found++;
  assert.ok(found > 250, `${found} of ${tokens.length}`);
});

test('a ring copies the list it is made of', () => {
  const list = [ada];
  const copy = new MultiFernet(list);
  list[0] = bob;
  assert.ok(copy.decrypt(ada.encrypt('x')));
});

test('a ring is made of one Fernet or more', () => {
  assert.throws(() => new MultiFernet([]), RangeError);
  assert.throws(() => new MultiFernet([Fernet.generateKey()] as never), TypeError);
  assert.throws(() => new MultiFernet([ada, null] as never), TypeError);
});
