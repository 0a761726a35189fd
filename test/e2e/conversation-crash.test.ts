// Three members talk, two of them with a second program on the same profile, and all that runs is killed again and again:
// nothing that was accepted is lost, no number is used twice, and no program shows anything twice.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { emptyJoining, join, openHttpChannel } from '@fernspeak/channel';
import { knownConversations, readFrames, textOf, type CountedFrame } from '@fernspeak/conversation';
import { openProfile } from '@fernspeak/conversation/profile';
import { Fernet } from '@fernspeak/fernet';
import { fernspeak, LAUNCHER, meet, type Person } from '@fernspeak/test';

/** How often each program is killed. */
const KILLS = process.env['FERNSPEAK_LONG'] === '1' ? 40 : 3;
/** Between two lines that somebody enters, in milliseconds. */
const LINE_MS = 60;
/** A program lives until it has shown so many lines, and a moment longer; one that is shown nothing, until then (ms). */
const MOST_LINES = 8;
/** More are not entered: a program that nothing is left for is of no use here. */
const MOST_ENTERED = 12;
const LIFE_MS = { chat: 60_000, listen: 3000 } as const;
/** No other text is like what is written here. */
const TEXT = /\b(?:Ada|Bob|Cleo)-(?:chat|send)-\d+-\d+\b/;

test('kill -9 of chat, send and listen while three members talk', async (t) => {
  const { people, address } = await meet(t, ['Ada', 'Bob', 'Cleo']);
  const runs: Run[] = [];
  const live = (name: string, command: 'chat' | 'listen', home: string): Promise<void> =>
    killAgainAndAgain(t, runs, { name, command, home });
  const sent: string[] = [];
  await Promise.all([
    ...people.map(({ name, home }) => sendAgainAndAgain(home, name, sent)),
    ...people.slice(0, 2).map(({ name, home }) => live(name, 'chat', home)),
    ...people.map(({ name, home }) => live(name, 'listen', home)),
  ]);
  for (const { name, home } of people) {
    const last = await fernspeak(home, ['send', 'talk', `${name}-send-0-0`]);
    assert.equal(last.code, 0, last.stderr);
    sent.push(`${name}-send-0-0`);
  }
  for (const { name, home } of people) runs.push(await readRest(name, home));

  // one that a killed program left on its way may be stored twice: it is the same message, and counts once
  const frames = [
    ...new Map((await framesOf(people[0]?.home ?? '', address)).map((frame) => [frame.t, frame])).values(),
  ];
  await t.test('no number is used twice, and none is missing', () => {
    const numbers = Map.groupBy(frames, ({ from }) => from);
    assert.equal(numbers.size, people.length);
    for (const mine of numbers.values()) {
      const different = new Set(mine.map(({ t, n }) => `${n} ${t}`));
      assert.equal(different.size, Math.max(...mine.map(({ n }) => n)));
    }
  });

  const stored = frames.flatMap(({ content }) => {
    const text = content.kind === 'text' ? textOf({ bytes: content.body }) : null;
    return text !== null && TEXT.test(text) ? [text] : [];
  });
  await t.test('nothing that was accepted is lost, and each is there once', () => {
    assert.equal(stored.length, new Set(stored).size, 'something was stored twice');
    assert.ok(stored.length > 5 * KILLS, `only ${stored.length} messages were stored`);
    for (const text of [...sent, ...runs.flatMap(({ shown }) => shown)]) assert.ok(stored.includes(text), text);
    // lines are accepted one after the other: a killed chat leaves a first part of what was entered
    for (const { entered } of runs) {
      assert.deepEqual(
        stored.filter((text) => entered.includes(text)),
        entered.slice(0, entered.filter((text) => stored.includes(text)).length),
      );
    }
  });

  await t.test('no program shows anything twice', () => {
    for (const { name, command, shown } of runs)
      assert.equal(new Set(shown).size, shown.length, `${command} of ${name}`);
  });

  await t.test('every member was shown everything', () => {
    for (const { name } of people) {
      const shown = new Set(runs.filter((run) => run.name === name).flatMap((run) => run.shown));
      assert.deepEqual(
        stored.filter((text) => !shown.has(text)),
        [],
        `${name} was not shown`,
      );
    }
  });

  await t.test('nobody is accused', async () => {
    for (const { home } of people) {
      const { code, stdout } = await fernspeak(home, ['check', 'talk', '--json']);
      assert.equal(code, 0);
      assert.deepEqual((JSON.parse(stdout) as { findings: unknown[] }).findings, []);
    }
  });
});

/** What one program showed in its life, and what was entered there. */
interface Run {
  readonly name: string;
  readonly command: 'chat' | 'listen';
  readonly shown: readonly string[];
  readonly entered: readonly string[];
}

interface Life extends Person {
  readonly command: 'chat' | 'listen';
}

async function killAgainAndAgain(t: TestContext, runs: Run[], { name, command, home }: Life): Promise<void> {
  for (let turn = 1; turn <= KILLS; turn++) {
    const child = spawn(process.execPath, [LAUNCHER, command, 'talk'], {
      env: { ...process.env, FERNSPEAK_HOME: home },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    child.stdin.on('error', () => {}); // it is killed while it is written to
    const closed = once(child, 'close');
    const out: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    const entered: string[] = [];
    // of chat what was entered there counts: the rest is there from the beginning
    const counted = command === 'chat' ? `${name}-chat-${turn}-` : '\n';
    const death = Promise.race([linesOf(child, { out, counted }), after(LIFE_MS[command], null, { ref: false })])
      .then(() => after(Math.random() * LINE_MS))
      .then(() => child.kill('SIGKILL'));
    if (command === 'chat') await enter(child, `${name}-chat-${turn}`, entered);
    await death;
    await closed;
    runs.push({ name, command, shown: shownBy(command, out), entered });
  }
}

async function linesOf(
  child: ChildProcess,
  { out, counted }: { out: readonly Buffer[]; counted: string },
): Promise<void> {
  const wanted = 1 + Math.random() * MOST_LINES;
  while (Buffer.concat(out).toString().split(counted).length <= wanted) await once(child.stdout ?? child, 'data');
}

/** Writes line after line until the program is dead. */
async function enter(child: ChildProcess, text: string, entered: string[]): Promise<void> {
  for (let line = 1; child.exitCode === null && !child.killed; line++) {
    await after(LINE_MS);
    if (line > MOST_ENTERED) continue;
    entered.push(`${text}-${line}`);
    child.stdin?.write(`${text}-${line}\n`);
  }
}

/** Of what is sent at least every second is killed on its way. */
async function sendAgainAndAgain(home: string, name: string, sent: string[]): Promise<void> {
  let usual = 0;
  for (let turn = 1; turn <= 2 * KILLS; turn++) {
    const text = `${name}-send-${turn}-1`;
    const began = performance.now();
    const { code } = await fernspeak(home, ['send', 'talk', text], {
      onStart: (child) => {
        if (turn % 2 === 0) void after(usual * (0.3 + Math.random() * 0.8)).then(() => child.kill('SIGKILL'));
      },
    });
    if (code === 0) sent.push(text);
    if (turn % 2 === 1) usual = performance.now() - began;
  }
}

async function readRest(name: string, home: string): Promise<Run> {
  const { code, stdout, stderr } = await fernspeak(home, ['chat', 'talk']);
  assert.equal(code, 0, stderr);
  return { name, command: 'chat', shown: shownBy('chat', [Buffer.from(stdout)]), entered: [] };
}

/** The texts of all messages in complete lines. */
function shownBy(command: Life['command'], out: readonly Buffer[]): string[] {
  const lines = Buffer.concat(out).toString().split('\n').slice(0, -1);
  return lines.flatMap((line) => {
    const text = command === 'listen' ? textOfRecord(line) : (/^\d\d:\d\d {2}\S+ {2}(\S+)$/.exec(line)?.[1] ?? '');
    return TEXT.test(text) ? [text] : [];
  });
}

function textOfRecord(line: string): string {
  const record = JSON.parse(line) as { type: string; text?: string | null };
  return record.text ?? '';
}

/** All signed messages on the channel, in its order. */
async function framesOf(home: string, address: string): Promise<CountedFrame[]> {
  const profile = openProfile({ home });
  const [known] = await knownConversations(profile.store);
  profile.close();
  assert.ok(known);
  const fernet = new Fernet(known.about.key);
  const channel = openHttpChannel({ address });
  const plaintexts: Uint8Array[] = [];
  let state = emptyJoining();
  for await (const entry of channel.read({ after: 0 })) {
    const { state: next, arrival } = join(state, entry);
    state = next;
    for (const { text } of arrival?.strings ?? []) plaintexts.push(fernet.decrypt(text));
  }
  await channel.close();
  const read = await readFrames(plaintexts, Buffer.from(known.about.conversationId, 'hex'));
  return read.map(({ frame }) => frame ?? assert.fail('a frame does not count'));
}
