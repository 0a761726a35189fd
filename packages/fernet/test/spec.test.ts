// The vectors of the Fernet specification (github.com/fernet/spec): generate.json, verify.json, invalid.json.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Fernet, InvalidToken } from '@fernspeak/fernet';

const folder = process.env['FERNET_SPEC_VECTORS'];
const skip = folder ? false : 'FERNET_SPEC_VECTORS does not name the folder of the specification';

interface Generate {
  readonly token: string;
  readonly now: string;
  readonly iv: readonly number[];
  readonly src: string;
  readonly secret: string;
}
type Verify = Omit<Generate, 'iv'> & { readonly ttl_sec: number };
type Invalid = Omit<Verify, 'src'> & { readonly desc: string };

/** The cases of a file; one with other fields than these would ask for something that we do not check. */
function cases<T>(file: string, fields: readonly string[]): T[] {
  const all = JSON.parse(readFileSync(join(folder ?? '', file), 'utf8')) as T[];
  assert.ok(all.length > 0, `${file} has cases`);
  for (const one of all)
    assert.deepEqual(Object.keys(one as object).sort(), [...fields].sort(), `${file}: known fields`);
  return all;
}

const seconds = (date: string): number => Date.parse(date) / 1000;

describe("the specification's vectors", { skip }, () => {
  test('generate.json: the token of given parts', () => {
    for (const { token, now, iv, src, secret } of cases<Generate>('generate.json', [
      'token',
      'now',
      'iv',
      'src',
      'secret',
    ])) {
      const parts = { message: src, time: seconds(now), iv: Uint8Array.from(iv) };
      assert.equal(new Fernet(secret).encryptFromParts(parts), token);
    }
  });

  test('verify.json: the message of a token', () => {
    for (const { token, now, ttl_sec: ttl, src, secret } of cases<Verify>('verify.json', [
      'token',
      'now',
      'ttl_sec',
      'src',
      'secret',
    ])) {
      const message = new Fernet(secret).decrypt(token, { ttl, now: seconds(now) });
      assert.equal(new TextDecoder().decode(message), src);
    }
  });

  test('invalid.json: tokens to refuse', () => {
    for (const { desc, token, now, ttl_sec: ttl, secret } of cases<Invalid>('invalid.json', [
      'desc',
      'token',
      'now',
      'ttl_sec',
      'secret',
    ])) {
      assert.throws(() => new Fernet(secret).decrypt(token, { ttl, now: seconds(now) }), InvalidToken, desc);
    }
  });
});
