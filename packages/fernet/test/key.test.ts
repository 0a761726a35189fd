import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Fernet, isKey } from '@fernspeak/fernet';

const key = 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=';

test('generateKey makes keys, each another one', () => {
  const keys = Array.from({ length: 1000 }, () => Fernet.generateKey());
  assert.ok(keys.every(isKey));
  assert.equal(new Set(keys).size, keys.length);
});

test('a key is taken as text or as its 32 bytes', () => {
  const token = new Fernet(key).encrypt('either');
  const bytes = new Uint8Array(Buffer.from(key, 'base64url'));
  const fernet = new Fernet(bytes);
  bytes.fill(0);
  assert.deepEqual(fernet.decrypt(token), new Fernet(key).decrypt(token), 'its bytes were copied');
});

const NOT_KEYS: Record<string, string> = {
  empty: '',
  'without its padding': key.slice(0, -1),
  'a character less': `${key.slice(0, 42)}=`,
  '33 bytes': 'A'.repeat(44),
  '31 bytes': `${'A'.repeat(42)}==`,
  'with a bit that no byte takes': `${key.slice(0, 42)}5=`,
  "in base64's other alphabet": key.replaceAll('-', '+').replaceAll('_', '/'),
  'with a blank': ` ${key.slice(1)}`,
  'with a line feed': `${key}\n`,
  'with a wide character': `\u0163${key.slice(1)}`,
  'a passphrase of 44 characters': 'correct horse battery staple, and a bit more',
};

describe('no key', () => {
  for (const [desc, text] of Object.entries(NOT_KEYS)) {
    test(desc, () => {
      assert.equal(isKey(text), false);
      assert.throws(
        () => new Fernet(text),
        (error) => error instanceof RangeError && (text === '' || !error.message.includes(text)),
      );
    });
  }

  test('bytes of another length', () => {
    for (const length of [0, 16, 31, 33, 44]) assert.throws(() => new Fernet(new Uint8Array(length)), RangeError);
  });

  test('something else than text or bytes', () => {
    for (const wrong of [undefined, null, 42, {}, [], new ArrayBuffer(32), new Uint16Array(32)]) {
      assert.throws(() => new Fernet(wrong as never), TypeError);
      assert.equal(isKey(wrong as never), false);
    }
  });
});
