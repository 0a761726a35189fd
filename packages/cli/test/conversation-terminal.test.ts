import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  fernspeak,
  LAUNCHER,
  meet,
  startRelayProcess,
  temporaryFolder,
  type Finished,
  type Person,
} from '@fernspeak/test';
import { NEEDS_TERMINAL, openTerminal, type TerminalSession } from './support/terminal.ts';

const GOOD_WORDS = 'chasing lyrically polygraph ranging tiara unsightly';
const OTHER_WORDS = 'crunching footprint alibi mothproof sarcasm dole';
const WEAK_WORDS = 'password1';

interface Machine {
  readonly folder: string;
  /** `fernspeak COMMAND` in a terminal. */
  open(command: string): TerminalSession;
  /** Without one. */
  run(...args: string[]): Promise<Finished>;
}

function machine(t: TestContext): Machine {
  const folder = temporaryFolder(t);
  const home = join(folder, 'home');
  const program = `"${process.execPath}" "${LAUNCHER}"`;
  const env = { FERNSPEAK_HOME: home, NO_COLOR: '1' };
  return {
    folder,
    open: (command) => openTerminal(t, command.replaceAll('fernspeak', program), { cwd: folder, env }),
    run: (...args) =>
      fernspeak(home, args, {
        cwd: folder,
        // a relay ends when it has said that it is ready
        onStart: (child) => args[0] === 'relay' && child.stdout?.once('data', () => child.kill()),
      }),
  };
}

function needsTerminal(name: string, body: (t: TestContext) => Promise<void>): void {
  test(name, { skip: NEEDS_TERMINAL }, body);
}

/** A conversation in notes.csv, and the link of an invite to it. */
async function invited({ run }: Machine): Promise<string> {
  await run('new', 'family', 'notes.csv', '--me', 'Ada');
  return (await run('invite', 'family', '--for', 'Bob')).stdout.trim();
}

needsTerminal('new asks for the name, and says what comes next', async (t) => {
  const session = machine(t).open('fernspeak new family notes.csv');
  await session.expect('Your name, as the others see it: ');
  session.type('Ada\r');
  await session.expect('family is made, on file:');
  await session.expect('Next: fernspeak invite family');
  assert.equal((await session.end()).code, 0);
});

needsTerminal('a further device of one’s own is offered one’s name', async (t) => {
  const here = machine(t);
  await invited(here);
  const link = (await here.run('invite', 'family', '--my-device')).stdout.trim();
  const phone = here.open('fernspeak join --as phone');
  await phone.expect('Link of the invite: ');
  phone.type(`${link}\r`);
  await phone.expect('Join? [y/N] ');
  phone.type('y\r');
  await phone.expect('What to call it here [notes]: ');
  phone.type('\r');
  await phone.expect('Your name, as the others see it [Ada]: ');
  phone.type('\r');
  await phone.expect('You are in notes now.');
  assert.equal((await phone.end()).code, 0);
  assert.match((await here.run('members', 'family')).stdout, /^the other Ada .*joined with the link for my device/m);
});

needsTerminal('receive says whom it asks, until something comes', async (t) => {
  const { people, relay, folder } = await meet(t, ['Ada', 'Bob']);
  const [ada, bob] = people as [Person, Person];
  await fernspeak(bob.home, ['send', 'talk', 'hello']);
  const command = `"${process.execPath}" "${LAUNCHER}" receive talk`;
  relay.process.kill('SIGSTOP');
  const session = openTerminal(t, command, { cwd: folder, env: { FERNSPEAK_HOME: ada.home, NO_COLOR: '1' } });
  await session.expect(`Asking ${new URL(relay.url).host} …`);
  relay.process.kill('SIGCONT');
  await session.expect('\r\u001b[KBob is here now');
  await session.expect('Bob: hello');
  assert.equal((await session.end()).code, 0);
});

needsTerminal('join asks for the link, shows nothing of it, and joins only when somebody says yes', async (t) => {
  const here = machine(t);
  const link = await invited(here);
  const no = here.open('fernspeak join --as bob');
  await no.expect('Link of the invite: ');
  no.type(`${link}\r`);
  await no.expect('invites you to a conversation with 1 member, on file:notes.csv.');
  await no.expect('Join? [y/N] ');
  no.type('\r');
  await no.expect('You have not joined.');
  const ended = await no.end();
  assert.equal(ended.code, 1);
  assert.ok(!ended.screen.includes(link.slice(10, 40)));
  assert.equal((await here.run('list', '--as', 'bob')).stdout, '');

  const yes = here.open('fernspeak join --as bob');
  await yes.expect('Link of the invite: ');
  yes.type(`${link}\r`);
  await yes.expect('Ada (key ');
  await yes.expect('Join? [y/N] ');
  yes.type('y\r');
  await yes.expect('What to call it here [notes]: ');
  yes.type('a/b\r');
  await yes.expect('A conversation cannot be called that.');
  await yes.expect('What to call it here [notes]: ');
  yes.type('\r');
  await yes.expect('Your name, as the others see it: ');
  yes.type('Bob\r');
  await yes.expect('You are in notes now.');
  assert.equal((await yes.end()).code, 0);
  assert.match((await here.run('members', 'family')).stdout, /^Bob .*joined with the link for Bob/m);
});

needsTerminal('a link on the screen comes with a warning, and as a QR code', async (t) => {
  const here = machine(t);
  await invited(here);
  const session = here.open('fernspeak invite family --qr');
  await session.expect('██');
  await session.expect('fernspeak:');
  await session.expect('Whoever has this link reads everything, past and future.');
  assert.equal((await session.end()).code, 0);
});

needsTerminal('verify asks whether the numbers are the same, and the answer lasts', async (t) => {
  const here = machine(t);
  writeFileSync(join(here.folder, 'link'), await invited(here));
  const joined = await fernspeak(
    join(here.folder, 'home'),
    ['join', '-', '--yes', '--name', 'f', '--me', 'Bob', '--as', 'bob'],
    {
      cwd: here.folder,
      input: readFileSync(join(here.folder, 'link')),
    },
  );
  assert.equal(joined.code, 0);
  for (const [answer, said] of [
    ['\r', 'Bob is not verified.'],
    ['y\r', 'Bob is verified.'],
  ] as const) {
    const session = here.open('fernspeak verify family Bob');
    await session.expect('Does Bob see the same numbers');
    session.type(answer);
    await session.expect(said);
    assert.equal((await session.end()).code, 0);
  }
  assert.match((await here.run('members', 'family')).stdout, /^Bob +\S+ {2}verified/m);
});

needsTerminal('forget wants the name once more', async (t) => {
  const here = machine(t);
  await invited(here);
  const no = here.open('fernspeak forget family');
  await no.expect('Its name, to confirm: ');
  no.type('famly\r');
  await no.expect('nothing is forgotten');
  assert.equal((await no.end()).code, 1);
  const yes = here.open('fernspeak forget family');
  await yes.expect('Its name, to confirm: ');
  yes.type('family\r');
  await yes.expect('family is forgotten here.');
  assert.equal((await yes.end()).code, 0);
  assert.equal((await here.run('list')).stdout, '');
});

needsTerminal('a conversation by passphrase asks for it, and about a weak one', async (t) => {
  const session = machine(t).open('fernspeak new family notes.csv --passphrase --me Ada');
  await session.expect('Key or passphrase: ');
  session.type(`${WEAK_WORDS}\r`);
  await session.expect('Use yours anyway? [y/N] ');
  session.type('\r');
  await session.expect('Key or passphrase: ');
  session.type(`${GOOD_WORDS}\r`);
  await session.expect('The same again (it is new here): ');
  session.type(`${GOOD_WORDS}\r`);
  await session.expect('family is made');
  await session.expect('fernspeak new NAME notes.csv --passphrase');
  assert.equal((await session.end()).code, 0);
});

needsTerminal('a relay that wants its user key is given it by whoever is asked', async (t) => {
  const here = machine(t);
  const data = join(here.folder, 'relay');
  const args = ['--public-url', 'https://relay.example'];
  // the first start alone shows it
  const { stdout } = await here.run('relay', '--data', data, '--port', '0', '--json', ...args);
  const { userKey } = JSON.parse(stdout) as { userKey: string };
  const relay = await startRelayProcess(t, data, args);
  const session = here.open(`fernspeak new family --relay ${relay.url} --me Ada`);
  await session.expect('wants the user key of its owner');
  await session.expect('User key of the relay (not remembered): ');
  session.type('WRONGWRONGWRONG1\r');
  await session.expect('does not take this user key');
  await session.expect('User key of the relay (not remembered): ');
  session.type(`${userKey}\r`);
  await session.expect(`family is made, on ${relay.url}/channels/1`);
  const { code, screen } = await session.end();
  assert.equal(code, 0);
  assert.ok(!screen.includes(userKey));
});

needsTerminal('the passphrase of the profile: set, asked for, changed, taken away', async (t) => {
  const here = machine(t);
  await invited(here);
  const set = here.open('fernspeak passphrase --profile');
  await set.expect('New passphrase of this profile: ');
  set.type(`${WEAK_WORDS}\r`);
  await set.expect('Use yours anyway? [y/N] ');
  set.type('n\r');
  await set.expect('New passphrase of this profile: ');
  set.type(`${GOOD_WORDS}\r`);
  await set.expect('The same again: ');
  set.type(`${GOOD_WORDS}\r`);
  await set.expect('Your keys and messages on this computer are sealed with it now.');
  assert.equal((await set.end()).code, 0);

  const asked = here.open('fernspeak list');
  await asked.expect('Passphrase of this profile: ');
  asked.type('something else\r');
  await asked.expect('That is not the passphrase of this profile.');
  await asked.expect('Passphrase of this profile: ');
  asked.type(`${GOOD_WORDS}\r`);
  await asked.expect('family  file:');
  assert.equal((await asked.end()).code, 0);

  const change = here.open('fernspeak passphrase --profile');
  await change.expect('Passphrase of this profile: ');
  change.type(`${GOOD_WORDS}\r`);
  await change.expect('New passphrase of this profile: ');
  change.type(`${OTHER_WORDS}\r`);
  await change.expect('The same again: ');
  change.type(`${OTHER_WORDS}\r`);
  assert.equal((await change.end()).code, 0);

  const remove = here.open('fernspeak passphrase --profile --remove');
  await remove.expect('Passphrase of this profile: ');
  remove.type(`${OTHER_WORDS}\r`);
  await remove.expect('The profile has no passphrase any more');
  assert.equal((await remove.end()).code, 0);
  assert.match((await here.run('list')).stdout, /^family /);
});

needsTerminal('whoever does not know the passphrase is asked three times', async (t) => {
  const here = machine(t);
  writeFileSync(join(here.folder, 'words'), GOOD_WORDS);
  await here.run('passphrase', '--profile', '--new-file', 'words');
  const session = here.open('fernspeak list');
  for (let times = 0; times < 3; times++) {
    await session.expect('Passphrase of this profile: ');
    session.type('something else\r');
  }
  await session.expect('error:');
  assert.equal((await session.end()).code, 6);
});
