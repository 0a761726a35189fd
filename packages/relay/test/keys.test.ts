import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '@fernspeak/test';
import { startRelay } from '@fernspeak/relay';
import { hashOf, makeKey, maskedKey, sameHash } from '../src/keys.ts';

test('a key is 16 characters A to Z and 0 to 9, each of them as often as the others', () => {
  const counts = new Map<string, number>();
  for (let made = 0; made < 5000; made++) {
    const { key } = makeKey(true);
    assert.match(key, /^[A-Z0-9]{16}$/);
    for (const character of key) counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  assert.equal(counts.size, 36);
  const expected = (5000 * 16) / 36;
  for (const [character, count] of counts)
    assert.ok(Math.abs(count - expected) < expected / 5, `${character}: ${count}`);
});

test('a hash is SHA-256, and only the same one is the same', () => {
  assert.equal(hashOf('abc'), 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
  assert.ok(sameHash(hashOf('abc'), hashOf('abc')));
  assert.ok(!sameHash(hashOf('abc'), hashOf('abd')));
  assert.ok(!sameHash(hashOf('abc'), ''));
});

test('a masked key shows its last four characters', () => {
  const made = makeKey(false);
  assert.equal(maskedKey(made), `************${made.key.slice(12)}`);
});

test('no key is in the data folder, not even after many writes with it', async (t) => {
  const data = temporaryFolder(t);
  const relay = await startRelay({ data, port: 0, newUserKey: true });
  const made = await fetch(`${relay.url}/channels.json`, { method: 'POST', body: new URLSearchParams({ name: 'x' }) });
  const { api_keys } = (await made.json()) as { api_keys: { api_key: string }[] };
  const keys = [...api_keys.map((key) => key.api_key), relay.firstUserKey ?? ''];
  for (let entry = 0; entry < 5; entry++) await fetch(`${relay.url}/update?api_key=${keys[0]}&field1=a`);
  const wal = readFileSync(join(data, 'relay.db-wal'));
  await relay.close();
  const database = readFileSync(join(data, 'relay.db'));
  assert.equal(keys.length, 3);
  for (const key of keys) {
    assert.match(key, /^[A-Z0-9]{16}$/);
    assert.ok(!wal.includes(key) && !database.includes(key));
    assert.ok(database.includes(hashOf(key)), 'its hash is there');
  }
});
