import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { placeOf } from '@fernspeak/channel';
import { NEEDS_PYTHON, findPython } from '@fernspeak/test';
import fc from 'fast-check';
import { deriveKey, isConversationError, isFernetKey, normalizePassphrase, type Kdf } from '../src/index.ts';
import { argon2id as inWasm } from '../src/keys/argon2.browser.ts';
import { argon2id as inNode } from '../src/keys/argon2.node.ts';
import { vectors } from './support/vectors.ts';

const CASES = vectors('keys.json') as { comment: string; secret: string; place: string; kdf: Kdf; key: string }[];

for (const { comment, key, ...options } of CASES) {
  test(`vector: ${comment}`, async () => {
    assert.equal(await deriveKey(options), key);
  });
}

const python = findPython();
test('Python, with nothing of ours, derives the same keys', { skip: python ? false : NEEDS_PYTHON }, () => {
  const script = fileURLToPath(new URL('support/derive.py', import.meta.url));
  const file = fileURLToPath(new URL('../../../vectors/keys.json', import.meta.url));
  const { status, stdout, stderr } = spawnSync(python?.command ?? '', [script, file], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  // older versions of the package lack Argon2id
  const [, agree, skipped] = /^(\d+) agree, (\d+) need Argon2id/m.exec(stdout) ?? [];
  assert.equal(Number(agree) + Number(skipped), CASES.length);
  assert.ok(Number(agree) >= CASES.filter(({ kdf }) => kdf === 'article').length);
});

test("OpenSSL's Argon2id and hash-wasm's are one function", async () => {
  const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
    fc.uint8Array({ minLength: length, maxLength: length + 40 });
  const property = fc.asyncProperty(bytes(1), bytes(16), async (password, salt) => {
    const options = { password, salt: salt.slice(0, 16), memoryKiB: 64, passes: 3, lanes: 1, bytes: 32 };
    assert.deepEqual(new Uint8Array(await inNode(options)), await inWasm(options));
  });
  await fc.assert(property, { numRuns: 50 });
});

test('with the real parameters too', async () => {
  const text = new TextEncoder().encode('correct horse battery staple');
  const options = { password: text, salt: text.slice(0, 16), memoryKiB: 65_536, passes: 3, lanes: 1, bytes: 32 };
  assert.deepEqual(new Uint8Array(await inNode(options)), await inWasm(options));
});

test('two paths and two host names of one place give one key', async () => {
  const key = async (address: string): Promise<string> => deriveKey({ secret: 'six of one', place: placeOf(address) });
  assert.equal(await key('http://127.0.0.1:8130/channels/1'), await key('http://localhost:9999/channels/1'));
  assert.equal(await key('/media/stick/notes.csv'), await key('./somewhere/else/notes.csv'));
});

test('an empty passphrase is refused, by either derivation', async () => {
  const empty = (error: unknown): boolean => isConversationError(error, 'empty-passphrase');
  await assert.rejects(deriveKey({ secret: '', place: 'file:a.csv' }), empty);
  await assert.rejects(deriveKey({ secret: ' \t\u00a0\ufeff', place: 'file:a.csv' }), empty);
  await assert.rejects(deriveKey({ secret: '', place: 'file:a.csv', kdf: 'article' }), empty);
});

test('a Fernet key is one in its canonical spelling only', () => {
  const key = `${'A'.repeat(43)}=`;
  assert.ok(isFernetKey(key));
  assert.ok(isFernetKey(` ${key}\n`));
  assert.equal(isFernetKey(`${'A'.repeat(42)}B=`), false);
  assert.equal(isFernetKey(key.slice(0, -1)), false);
  assert.equal(isFernetKey(`${'+'.repeat(43)}=`), false);
});

test('normalising twice is normalising once', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const once = normalizePassphrase(text);
      assert.equal(normalizePassphrase(once), once);
      assert.doesNotMatch(once, /^\s|\s$|\s\s/);
    }),
  );
});
