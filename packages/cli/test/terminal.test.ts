import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createChannel, fernspeak, LAUNCHER, startRelayProcess, temporaryFolder } from '@fernspeak/test';
import { NEEDS_TERMINAL, openTerminal, type TerminalSession } from './support/terminal.ts';

const KEY = 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=';
const GOOD_WORDS = 'chasing lyrically polygraph ranging tiara unsightly';
const WEAK_WORDS = 'password1';

interface Machine {
  readonly folder: string;
  readonly home: string;
  /** `fernspeak COMMAND` in a terminal. */
  open(command: string): TerminalSession;
}

function machine(t: TestContext): Machine {
  const folder = temporaryFolder(t);
  const home = join(folder, 'home');
  const run = `"${process.execPath}" "${LAUNCHER}"`;
  const env = { FERNSPEAK_HOME: home };
  return {
    folder,
    home,
    open: (command) => openTerminal(t, command.replaceAll('fernspeak', run), { cwd: folder, env }),
  };
}

function needsTerminal(name: string, body: (t: TestContext) => Promise<void>): void {
  test(name, { skip: NEEDS_TERMINAL }, body);
}

needsTerminal('send asks for the message and the key, and shows what is stored where', async (t) => {
  const { folder, open } = machine(t);
  const session = open('fernspeak send notes.csv --color never');
  await session.expect('Message: ');
  session.type('Are we still on for six?\r');
  await session.expect('Key or passphrase: ');
  session.type(`${KEY}\r`);
  const { code, screen } = await session.end();
  assert.equal(code, 0);
  const token = readFileSync(join(folder, 'notes.csv'), 'utf8').trim().split(',').at(-1) ?? '';
  assert.match(screen, RegExp(`^sealed  ${token.slice(0, 36)}…${token.slice(-5)}  \\(120 characters\\)\r$`, 'm'));
  assert.match(screen, /^stored {2}entry 1 in notes\.csv\r$/m);
});

needsTerminal('a key is echoed as stars', async (t) => {
  const { open } = machine(t);
  const session = open('fernspeak send notes.csv hello');
  await session.expect('Key or passphrase: ');
  session.type(`${KEY}\r`);
  await session.expect('*'.repeat(KEY.length));
  const { screen } = await session.end();
  assert.doesNotMatch(screen, /cw_0/);
});

needsTerminal('receive says whom it asks, when no answer comes; the line is gone then', async (t) => {
  const { folder, open } = machine(t);
  writeFileSync(join(folder, 'key'), KEY);
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const { port } = silent.address() as AddressInfo;
  const session = open(
    `fernspeak receive http://127.0.0.1:${port}/channels/1 --key-file key --timeout 2 --color never`,
  );
  await session.expect(`Asking 127.0.0.1:${port} …`);
  await session.expect('\r\u001b[Kerror: ');
  assert.equal((await session.end()).code, 3);
});

needsTerminal('receive asks for the key', async (t) => {
  const { folder, home, open } = machine(t);
  const notes = join(folder, 'notes.csv');
  writeFileSync(join(folder, 'key'), KEY);
  await fernspeak(home, ['send', notes, 'Are we still on for six?', '--key-file', join(folder, 'key')]);
  const session = open('fernspeak receive notes.csv');
  await session.expect('Key or passphrase: ');
  session.type(`${KEY}\r`);
  await session.expect('Are we still on for six?\r\n');
  assert.equal((await session.end()).code, 0);
});

for (const [command, says] of [
  ['receive missing.csv', 'There is no such file.'],
  ['send folder.csv', 'folder.csv is a folder, not a file.'],
] as const) {
  needsTerminal(`nothing is asked where the file cannot be one: ${command}`, async (t) => {
    const { folder, open } = machine(t);
    mkdirSync(join(folder, 'folder.csv'));
    const { code, screen } = await open(`fernspeak ${command}`).end();
    assert.equal(code, 3);
    assert.ok(screen.includes(says) && !screen.includes('Message:') && !screen.includes('passphrase:'), screen);
  });
}

needsTerminal('Ctrl-C at a question ends with 130, and the terminal is as it was', async (t) => {
  const { open } = machine(t);
  const session = open(
    'stty -a > before; fernspeak send notes.csv hello; code=$?; stty -a > after; cmp before after && exit $code',
  );
  await session.expect('Key or passphrase: ');
  session.type('half a k\u0003');
  assert.equal((await session.end()).code, 130);
});

needsTerminal('Ctrl-C at the message ends with 130', async (t) => {
  const session = machine(t).open('fernspeak send notes.csv');
  await session.expect('Message: ');
  session.type('half a mess\u0003');
  assert.equal((await session.end()).code, 130);
});

for (const question of ['Message: ', 'Key or passphrase: ']) {
  needsTerminal(`Ctrl-D at “${question.trim()}” sends nothing`, async (t) => {
    const session = machine(t).open(
      question === 'Message: ' ? 'fernspeak send notes.csv' : 'fernspeak send notes.csv hello',
    );
    await session.expect(question);
    session.type('\u0004');
    await session.expect('Cancelled.');
    assert.equal((await session.end()).code, 1);
  });
}

needsTerminal('a passphrase that is new here is asked for twice', async (t) => {
  const { open } = machine(t);
  const session = open('fernspeak send notes.csv hello');
  await session.expect('Key or passphrase: ');
  session.type(`${GOOD_WORDS}\r`);
  await session.expect('The same again (it is new here): ');
  session.type('something else\r');
  await session.expect('That was not the same.');
  await session.expect('Key or passphrase: ');
  session.type(`${GOOD_WORDS}\r`);
  await session.expect('The same again (it is new here): ');
  session.type(`${GOOD_WORDS}\r`);
  await session.expect('entry 1 in notes.csv');
  assert.equal((await session.end()).code, 0);
});

needsTerminal('a passphrase that is in use here is asked for once', async (t) => {
  const { folder, home, open } = machine(t);
  writeFileSync(join(folder, 'words'), GOOD_WORDS);
  await fernspeak(home, ['send', 'notes.csv', 'hello', '--key-file', 'words'], { cwd: folder });
  const session = open('fernspeak send notes.csv "hello again" --as bob');
  await session.expect('Key or passphrase: ');
  session.type(`${GOOD_WORDS}\r`);
  await session.expect('entry 2 in notes.csv');
  const { screen } = await session.end();
  assert.doesNotMatch(screen, /again \(/);
});

needsTerminal('a weak passphrase is asked about, with a better one', async (t) => {
  const { open } = machine(t);
  const session = open('fernspeak send notes.csv hello');
  await session.expect('Key or passphrase: ');
  session.type(`${WEAK_WORDS}\r`);
  await session.expect('guesses that passphrase at once.');
  await session.expect('Suggested: ');
  await session.expect('Use yours anyway? [y/N] ');
  session.type('\r');
  await session.expect('Key or passphrase: ');
  session.type(`${WEAK_WORDS}\r`);
  await session.expect('Use yours anyway? [y/N] ');
  session.type('y\r');
  await session.expect('The same again (it is new here): ');
  session.type(`${WEAK_WORDS}\r`);
  await session.expect('entry 1 in notes.csv');
  assert.equal((await session.end()).code, 0);
});

needsTerminal('the key is asked for on the terminal while the message comes from a pipe', async (t) => {
  const { folder, open } = machine(t);
  const session = open('echo from a pipe | fernspeak send notes.csv');
  await session.expect('Key or passphrase: ');
  session.type(`${KEY}\r`);
  await session.expect('entry 1 in notes.csv');
  assert.equal((await session.end()).code, 0);
  assert.match(readFileSync(join(folder, 'notes.csv'), 'utf8'), /,1,gAAAAA/);
});

needsTerminal('a pasted second line does not become the key', async (t) => {
  const session = machine(t).open('fernspeak send notes.csv');
  await session.expect('Message: ');
  session.type('the message\rsomething else\r');
  await session.expect('Key or passphrase: ');
  session.type(`${KEY}\r`);
  await session.expect('entry 1 in notes.csv');
  assert.equal((await session.end()).code, 0);
});

needsTerminal('a weak passphrase in a file can be given up for another one', async (t) => {
  const { folder, open } = machine(t);
  writeFileSync(join(folder, 'weak'), WEAK_WORDS);
  const session = open('FERNSPEAK_KEY_FILE=weak fernspeak send notes.csv hello');
  await session.expect('Use yours anyway? [y/N] ');
  session.type('n\r');
  await session.expect('Key or passphrase: ');
  session.type(`${KEY}\r`);
  await session.expect('entry 1 in notes.csv');
  assert.equal((await session.end()).code, 0);
});

needsTerminal('the keys of a channel are asked for once', async (t) => {
  const { folder, open } = machine(t);
  writeFileSync(join(folder, 'key'), KEY);
  const relay = await startRelayProcess(t, join(folder, 'relay'));
  const { address, writeKey, readKey } = await createChannel(relay.url, { public_flag: 'false' });

  const first = open(`fernspeak send ${address} hello --key-file key`);
  await first.expect('Write API key of the channel (remembered): ');
  first.type(`${writeKey}\r`);
  await first.expect(`entry 1 in ${address}`);
  const { screen } = await first.end();
  assert.ok(!screen.includes(writeKey));
  const second = open(`fernspeak send ${address} "hello again" --key-file key`);
  await second.expect(`entry 2 in ${address}`);

  const reader = open(`fernspeak receive ${address} --key-file key --as bob`);
  await reader.expect('Read API key of the channel (remembered): ');
  reader.type(`${readKey}\r`);
  await reader.expect('hello\r\nhello again\r\n');
  const again = open(`fernspeak receive ${address} --key-file key --as bob`);
  await again.expect('Nothing new (2 read; --all shows them)');
  assert.equal((await again.end()).code, 0);
});

needsTerminal('nothing is asked with --no-input', async (t) => {
  const session = machine(t).open('fernspeak receive notes.csv --no-input');
  await session.expect('There is no key.');
  assert.equal((await session.end()).code, 2);
});

needsTerminal('--raw is refused on a terminal', async (t) => {
  const { folder, open } = machine(t);
  writeFileSync(join(folder, 'key'), KEY);
  const session = open('fernspeak receive notes.csv --key-file key --raw');
  await session.expect('--raw does not write to a terminal');
  assert.equal((await session.end()).code, 2);
});

needsTerminal('an alert shows as one', async (t) => {
  const { folder, home, open } = machine(t);
  writeFileSync(join(folder, 'key'), KEY);
  const alert = JSON.stringify({ title: 'backup failed', message: 'disk \u001b[2J full', priority: 'high' });
  await fernspeak(home, ['send', 'ops.csv', '--key-file', 'key'], { cwd: folder, input: alert });
  const session = open('fernspeak receive ops.csv --key-file key --color never');
  await session.expect('backup failed [high]\r\ndisk ␛[2J full\r\n');
  assert.equal((await session.end()).code, 0);
});

needsTerminal('colour is for terminals that want it', async (t) => {
  const { open } = machine(t);
  const coloured = await open('fernspeak receive').end();
  assert.ok(coloured.screen.includes('\u001b[31merror:'));
  const plain = await open('NO_COLOR=1 fernspeak receive').end();
  assert.ok(!plain.screen.includes('\u001b['));
});
