import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { refuseSecrets } from '../src/secrets.ts';

const KEY = randomBytes(32).toString('base64url') + '=';
const API_KEY = 'XXABCDEFGH012345';

const REFUSED: Record<string, string[]> = {
  'a Fernet key as the message': ['send', 'notes.csv', KEY],
  'a Fernet key where its file belongs': ['send', 'notes.csv', '--key-file', KEY],
  'a Fernet key behind an equals sign': ['send', 'notes.csv', `--key-file=${KEY}`],
  'a key in plain base64': ['receive', 'notes.csv', Buffer.alloc(32, 0xfb).toString('base64')],
  'a key without its padding': ['receive', 'notes.csv', 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4'],
  'an API key': ['send', 'http://127.0.0.1/channels/1', 'hello', '--write-key-file', API_KEY],
  'an address with a key': ['send', `http://127.0.0.1/channels/1?api_key=${API_KEY}`, 'hello'],
  'an address with a password': ['receive', 'https://me:hunter2@relay.example/channels/1'],
  'an option that takes a key': ['send', 'notes.csv', 'hello', '--key', 'hunter2'],
  'an option that takes a passphrase': ['send', 'notes.csv', 'hello', '--passphrase=hunter2'],
};

for (const [what, args] of Object.entries(REFUSED)) {
  test(`refuses ${what}, and does not repeat it`, () => {
    assert.throws(
      () => refuseSecrets(args),
      (error: Error & { exit?: number; hint?: string }) => {
        assert.equal(error.exit, 2);
        for (const secret of [KEY, API_KEY, 'hunter2'])
          assert.doesNotMatch(`${error.message} ${error.hint}`, RegExp(secret));
        return true;
      },
    );
  });
}

const TAKEN: Record<string, string[]> = {
  'ordinary words': ['send', 'notes.csv', 'Are we still on for six?'],
  'a sealed string': ['send', 'notes.csv', `gAAAAAB${'x'.repeat(113)}`],
  'a link without a key': ['send', 'notes.csv', 'https://example.com/@somebody/keys?page=2'],
  'a path as long as a key': [
    'send',
    'notes.csv',
    'hi',
    '--home',
    `/tmp/${'fernspeak-test-Ab1234/'.repeat(2).slice(0, 39)}`,
  ],
  'a long number': ['send', 'notes.csv', '1234567890123456'],
  'what stands behind --': ['send', 'notes.csv', '--', '--key'],
};

for (const [what, args] of Object.entries(TAKEN)) test(`takes ${what}`, () => refuseSecrets(args));
