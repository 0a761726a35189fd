import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ChannelError, type ChannelErrorCode } from '@fernspeak/channel';
import { ConversationError } from '@fernspeak/conversation';
import { Interrupted, usageError } from '../src/errors.ts';
import { EXIT, EXIT_MEANINGS, exitCodeOf } from '../src/exit-codes.ts';

test('the exit codes are those that scripts rely on', () => {
  assert.deepEqual(EXIT, {
    ok: 0,
    failed: 1,
    usage: 2,
    network: 3,
    identity: 4,
    rateLimited: 5,
    locked: 6,
    nothing: 7,
    unopened: 8,
    kept: 9,
    interrupted: 130,
    terminated: 143,
  });
  assert.deepEqual(Object.keys(EXIT_MEANINGS), Object.keys(EXIT));
});

const CHANNEL_CODES: Record<ChannelErrorCode, number> = {
  unauthorized: 3,
  'not-found': 3,
  unreachable: 3,
  unclear: 3,
  'not-a-channel': 3,
  'rate-limited': 5,
  refused: 1,
  busy: 1,
  damaged: 1,
  unsupported: 1,
};

for (const [code, exit] of Object.entries(CHANNEL_CODES)) {
  test(`a channel's ${code} ends with ${exit}`, () => {
    assert.equal(exitCodeOf(new ChannelError(code as ChannelErrorCode, 'It happened.')), exit);
  });
}

test('a refusal ends as what the channel said', () => {
  const cause = new ChannelError('unauthorized', 'The key is wrong.');
  assert.equal(exitCodeOf(new ConversationError('refused', 'The key is wrong.', { cause })), EXIT.network);
  assert.equal(exitCodeOf(new ConversationError('refused', 'Too long.')), EXIT.failed);
});

test('a profile that another process holds is not a failure like others', () => {
  assert.equal(exitCodeOf(new ConversationError('profile-busy', 'It is busy.')), EXIT.locked);
});

test('a profile that is locked, and one whose key another device has, have codes of their own', () => {
  for (const code of ['profile-locked', 'wrong-passphrase'] as const) {
    assert.equal(exitCodeOf(new ConversationError(code, 'It is locked.')), EXIT.locked);
  }
  assert.equal(exitCodeOf(new ConversationError('cloned', 'It is cloned.')), EXIT.identity);
});

test('a link or a file that is none is a mistake of the command line', () => {
  const links = ['not-an-invite', 'broken-invite', 'newer-invite'] as const;
  const files = ['not-a-recovery-file', 'broken-recovery-file', 'newer-recovery-file'] as const;
  for (const code of [...links, ...files]) {
    assert.equal(exitCodeOf(new ConversationError(code, 'It is none.')), EXIT.usage);
  }
});

test('our own errors bring their code', () => {
  assert.equal(exitCodeOf(usageError('No.')), EXIT.usage);
  assert.equal(exitCodeOf(new Interrupted('SIGINT')), EXIT.interrupted);
  assert.equal(exitCodeOf(new Interrupted('SIGTERM')), EXIT.terminated);
});

test('anything else is 1', () => {
  assert.equal(exitCodeOf(new TypeError('a bug')), EXIT.failed);
  assert.equal(exitCodeOf('not even an error'), EXIT.failed);
});

test('the README has the same table', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8').replaceAll('`', '');
  const { terminated: _asEverywhere, ...told } = EXIT;
  for (const [name, code] of Object.entries(told)) {
    const meaning = EXIT_MEANINGS[name as keyof typeof EXIT].replaceAll(/[()]/g, String.raw`\$&`);
    assert.match(readme, RegExp(`^\\| ${code} +\\| ${meaning} +\\|$`, 'm'));
  }
});
