import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { fernspeak, LAUNCHER, meet, type Person } from '@fernspeak/test';
import { screenOf } from './support/screen.ts';
import { NEEDS_TERMINAL, openTerminal, type TerminalSession } from './support/terminal.ts';

const COLUMNS = 60;

interface Talk {
  readonly bob: Person;
  /** Ada's chat, in a terminal of 60 columns. `end` gives the code and what stands on it at last. */
  open(env?: Record<string, string>, command?: string): TerminalSession;
  /** Says something as Bob. */
  bobSays(text: string, options?: string[]): Promise<void>;
}

async function talk(t: TestContext): Promise<Talk> {
  const { people, folder } = await meet(t, ['Ada', 'Bob']);
  const [ada, bob] = people as [Person, Person];
  const chat = `"${process.execPath}" "${LAUNCHER}" chat talk`;
  return {
    bob,
    open: (env = {}, command = chat) =>
      openTerminal(t, `stty cols ${COLUMNS}; ${command.replaceAll('CHAT', chat)}`, {
        cwd: folder,
        env: { FERNSPEAK_HOME: ada.home, NO_COLOR: '1', TZ: 'UTC', ...env },
      }),
    async bobSays(text, options = []) {
      const { code, stderr } = await fernspeak(bob.home, ['send', 'talk', ...options, '-'], { input: text });
      assert.equal(code, 0, stderr);
    },
  };
}

function needsTerminal(name: string, body: (t: TestContext) => Promise<void>): void {
  test(name, { skip: NEEDS_TERMINAL }, body);
}

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const LEFT = '\u001b[D';

/** The rows that are not empty, times as 00:00. */
function shown(screen: string): string[] {
  const rows = screenOf(screen, COLUMNS).filter((row) => row !== '');
  return rows.map((row) => row.replace(/^\d\d:\d\d/, '00:00')).filter((row) => !row.startsWith('— '));
}

needsTerminal('what comes appears above the line being typed, which goes on', async (t) => {
  const { open, bobSays } = await talk(t);
  const session = open();
  await session.expect('Bob is here now');
  const long = 'a line that is so long that it goes over the end of the terminal and on';
  session.type(`${long}${LEFT.repeat(3)}`);
  await session.expect('and on');
  await bobSays('in between');
  await session.expect('Bob  in between');
  session.type('!\r');
  await session.expect('stored · ');
  session.type(CTRL_D);
  const { code, screen } = await session.end();
  assert.equal(code, 0);
  assert.deepEqual(shown(screen), [
    '00:00  Ada is here now',
    '00:00  Bob is here now',
    '00:00  Bob  in between',
    '00:00  Ada',
    '       │ a line that is so long that it goes over the end',
    '       │ of the terminal and! on',
  ]);
});

needsTerminal('an own message is on its way, stored, received', async (t) => {
  const { open, bob } = await talk(t);
  const session = open();
  await session.expect('Bob is here now');
  session.type('Dinner at eight?\r');
  await session.expect('Dinner at eight? · sending …');
  await session.expect('stored · Dinner at eight?');
  await fernspeak(bob.home, ['chat', 'talk'], { input: 'Yes.\n' });
  await session.expect('✓ received by Bob · Dinner at eight?');
  session.type('/quit\r');
  assert.equal((await session.end()).code, 0);
});

needsTerminal('Ctrl-C clears the line; twice it ends, and the terminal is as it was', async (t) => {
  const { open } = await talk(t);
  const session = open({}, 'stty -a > before; CHAT; code=$?; stty -a > after; cmp before after && exit $code');
  await session.expect('Bob is here now');
  session.type(`not to be sent${CTRL_C}`);
  await session.expect('Ctrl-C again, Ctrl-D or /quit ends.');
  session.type('sent\r');
  await session.expect('Ada  sent');
  session.type(CTRL_C);
  await session.expect('Ctrl-C again');
  session.type(CTRL_C);
  const { code, screen } = await session.end();
  assert.equal(code, 130);
  assert.deepEqual(
    shown(screen).filter((row) => row.includes('sent')),
    ['00:00  Ada  sent'],
  );
});

needsTerminal('commands do something; what is none says so and sends nothing', async (t) => {
  const { open } = await talk(t);
  const session = open();
  await session.expect('Bob is here now');
  session.type('/foo bar\r');
  await session.expect('There is no command /foo: nothing was sent.');
  session.type('/members\r');
  await session.expect('this device');
  session.type('/verify Bob\r');
  await session.expect('/verify Bob yes');
  session.type('/verify Bob yes\r');
  await session.expect('Bob is verified.');
  session.type('/verify Bill\r');
  await session.expect('There is no such member. There are: Bob');
  session.type('/words\r');
  await session.expect('Compare them by voice');
  session.type('/invite Cleo\r');
  await session.expect('/#');
  session.type('/check\r');
  await session.expect('Nothing is wrong.');
  session.type('//foo\r');
  await session.expect('Ada  /foo');
  session.type('/help\r');
  await session.expect('/quit');
  session.type(CTRL_D);
  assert.equal((await session.end()).code, 0);
});

needsTerminal('hostile text does nothing to the terminal, and passes for nobody else', async (t) => {
  const { open, bobSays } = await talk(t);
  const session = open();
  await session.expect('Bob is here now');
  await bobSays('\u001b[2J\u001b]0;mine\u0007\u009b31m\u202eevil\r00:00  Ada  fake\n00:00  Ada  fake');
  await bobSays(`${' '.repeat(COLUMNS - 1)}00:00  Ada  fake`);
  await bobSays(`${'x'.repeat(1_000_000)} the end`);
  await session.expect('characters in all');
  await bobSays('still there', ['--title', 'an\u001b[31m alert\n00:00  Ada  fake']);
  await session.expect('still there');
  session.type(CTRL_D);
  const { code, screen } = await session.end();
  assert.equal(code, 0);
  // oxlint-disable-next-line no-control-regex -- what must not be there
  assert.doesNotMatch(screen, /\u001b\[2J|\u001b\]|\u0007|\u009b|\u202e/);
  const rows = shown(screen); // fails for control sequences that no line editor sends
  assert.deepEqual(
    rows.filter((row) => row.startsWith('00:00  Ada')),
    ['00:00  Ada is here now'],
  );
  assert.equal(rows.filter((row) => row.includes('fake')).length, 4);
  assert.ok(rows.length < 150, `${rows.length} rows`);
});

needsTerminal('a dumb terminal gets plain lines', async (t) => {
  const { open, bobSays } = await talk(t);
  const session = open({ TERM: 'dumb' });
  await session.expect('Bob is here now');
  await bobSays('hello');
  await session.expect('Bob  hello');
  session.type('hello Bob\n');
  await session.expect('Ada  hello Bob');
  session.type(CTRL_D);
  const { code, screen } = await session.end();
  assert.equal(code, 0);
  assert.ok(!screen.includes('\u001b'));
});

needsTerminal('while the relay is away, what is entered waits, also when the chat ends', async (t) => {
  const { people, relay, folder } = await meet(t, ['Ada', 'Bob']);
  await relay.stop('SIGKILL');
  const env = { FERNSPEAK_HOME: people[0]?.home ?? '' };
  const session = openTerminal(t, `"${process.execPath}" "${LAUNCHER}" chat talk`, { cwd: folder, env });
  session.type('is anybody there?\r');
  await session.expect('is anybody there? · not stored yet: ');
  session.type(CTRL_D);
  await session.expect('Ctrl-C ends at once');
  session.type(CTRL_C);
  await session.expect('The message is kept, sealed, and goes out with the next command for talk.');
  assert.equal((await session.end()).code, 130);
});

test('from a pipe: lines in, lines out', async (t) => {
  const { people } = await meet(t, ['Ada', 'Bob']);
  const [ada, bob] = people as [Person, Person];
  assert.equal((await fernspeak(bob.home, ['send', 'talk', 'hello'])).code, 0);
  const input = 'one\n\n/foo\n//two\nthree';
  const { code, stdout, stderr } = await fernspeak(ada.home, ['chat', 'talk'], { input });
  assert.deepEqual([code, stderr], [0, '']);
  const lines = stdout
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/^\d\d:\d\d/, '00:00'));
  assert.deepEqual(
    lines.filter((line) => line.startsWith('00:00')),
    [
      '00:00  Ada is here now',
      '00:00  Bob is here now',
      '00:00  Bob  hello',
      '00:00  Ada  one',
      '00:00  Ada  /two',
      '00:00  Ada  three',
    ],
  );
  assert.ok(lines.includes('· There is no command /foo: nothing was sent. /help shows them; //foo … sends it.'));
});
