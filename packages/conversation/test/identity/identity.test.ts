import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { base64url, fromHex, hex } from '../../src/bytes.ts';
import { deviceOf, exportDeviceKey, importDeviceKey, newDeviceKey } from '../../src/identity/device.ts';
import { displayName, nameKey, namesOf } from '../../src/identity/name.ts';
import { historyWords, safetyNumber } from '../../src/identity/safety-number.ts';
import { conversationIdOf, writeKeyOf } from '../../src/keys/derived.ts';
import { vectors } from '../support/vectors.ts';

test('a device signs in its domain, and its key can be saved', async () => {
  const pair = await newDeviceKey({ extractable: true });
  const device = await deviceOf(pair);
  assert.equal(device.id, base64url(device.publicKey));
  const pkcs8 = await exportDeviceKey(pair);
  assert.equal(pkcs8.length, 48);
  const again = await importDeviceKey(pkcs8);
  assert.deepEqual((await deviceOf(again)).publicKey, device.publicKey);
  const bytes = new Uint8Array([1, 2, 3]);
  const signature = await (await deviceOf(again)).sign('fernspeak/frame/v1', bytes);
  const signed = new Uint8Array([...new TextEncoder().encode('fernspeak/frame/v1\0'), 1, 2, 3]);
  assert.ok(await crypto.subtle.verify('Ed25519', pair.publicKey, new Uint8Array(signature), signed));
  assert.equal(await crypto.subtle.verify('Ed25519', pair.publicKey, new Uint8Array(signature), bytes), false);
});

test('a key is extractable only where that was asked for, and nothing else is a key', async () => {
  await assert.rejects(exportDeviceKey(await newDeviceKey()), { name: 'InvalidAccessError' });
  await assert.rejects(importDeviceKey(new Uint8Array(48)), { name: 'DataError' });
});

const { safetyNumbers, historyWords: words } = vectors('safety-numbers.json') as {
  safetyNumbers: { comment: string; keys: [string, string]; groups: string[]; qr: string }[];
  historyWords: { h: string; words: string[] }[];
};
for (const { comment, keys, groups, qr } of safetyNumbers) {
  test(`safety number: ${comment}`, () => {
    assert.deepEqual(safetyNumber(fromHex(keys[0]), fromHex(keys[1])), { groups, qr });
  });
}

test('any two keys have one number, whoever asks, in 12 groups of 5 digits', () => {
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(key, key, (a, b) => {
      const number = safetyNumber(a, b);
      assert.deepEqual(number, safetyNumber(b, a));
      assert.ok(number.groups.length === 12 && number.groups.every((group) => /^\d{5}$/.test(group)));
    }),
  );
});

test('four words for the history', async () => {
  for (const { h, words: expected } of words) assert.deepEqual(await historyWords(h), expected);
});

const { derived } = vectors('invites.json') as {
  derived: { key: string; place: string; conversationId: string; writeKey: string }[];
};
test('what is derived from a Fernet key and a place', async () => {
  for (const { key, place, conversationId, writeKey } of derived) {
    assert.equal(hex(await conversationIdOf(key, place)), conversationId);
    assert.equal(await writeKeyOf(key), writeKey);
  }
  await assert.rejects(writeKeyOf('correct horse battery staple'), RangeError);
  await assert.rejects(conversationIdOf(`${'A'.repeat(42)}B=`, 'file:notes.csv'), RangeError);
});

test('names that look alike have one key', () => {
  const alike = [
    ['Ada', 'ada', 'ADA', ' Ada ', 'Αda', 'Аda', 'Adа', 'A\u200bda', '\u202eAda', 'Ａｄａ'],
    ['Nina Hill', 'NINA HILL', 'Νina Ηill', 'nina  hi1l', 'nina\u00a0hi|l'],
    ['Straße', 'STRASSE', 'strasse'],
    ['Νίκος', 'νίκος'].slice(1),
    ['Вася', 'вася'],
    ['corn', 'com'],
  ];
  for (const [first = '', ...others] of alike) {
    for (const other of others) assert.equal(nameKey(other), nameKey(first), `${first} ${other}`);
  }
  const keys = alike.map(([first = '']) => nameKey(first));
  assert.equal(new Set([...keys, nameKey('Ana'), nameKey('Bob'), nameKey('Eda')]).size, keys.length + 3);
});

test('a name is shown without what cannot be seen', () => {
  assert.equal(displayName('  Ada \u202e\u0007 L.\n'), 'Ada L.');
  assert.equal(displayName('\u200b\u202e\t'), null);
  assert.equal(displayName('a'.repeat(60)), `${'a'.repeat(47)}…`);
  assert.equal(displayName('e\u0301'), 'é');
  assert.equal(displayName(`z${'\u0300\u0301'.repeat(50)}`), 'z\u0300\u0301\u0300');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = displayName(text);
      if (shown === null) return;
      assert.ok(Array.from(shown).length <= 48 && !/[\p{Cc}\p{Cf}\p{Cs}]|^\s|\s$|\s\s/u.test(shown));
      assert.equal(displayName(shown), shown);
    }),
  );
});

test('the first key keeps the name, a later one is shown apart', () => {
  const names = namesOf([
    { from: 'a', name: 'Ada' },
    { from: 'b', name: 'Bob' },
    { from: 'c', name: 'аda' },
    { from: 'd', name: '\u200b' },
    { from: 'b', name: 'Bobby' },
    { from: 'e', name: 'Bob' },
    { from: 'a', name: 'Ada L.' },
    { from: 'a', name: 'Ada' },
  ]);
  assert.deepEqual(Object.fromEntries(names), {
    a: { name: 'Ada', sameAs: null },
    b: { name: 'Bobby', sameAs: null },
    c: { name: 'аda', sameAs: 'a' },
    d: { name: null, sameAs: null },
    e: { name: 'Bob', sameAs: 'b' },
  });
});
