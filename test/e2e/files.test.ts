// Files from one profile to another, with the commands that a user has: whole, also after kill -9 of either side, under
// harmless names, nothing overwritten, nothing outside of the folder.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { openHttpChannel } from '@fernspeak/channel';
import { FramedConversation, knownConversations, makeFrame, type FrameContent } from '@fernspeak/conversation';
import { openProfile } from '@fernspeak/conversation/profile';
import { Fernet } from '@fernspeak/fernet';
import { fernspeak, LAUNCHER, meet, type Finished, type Person } from '@fernspeak/test';

const MIB = 2 ** 20;
/** Where the kernel counts a process's memory. */
const NO_PROC = process.platform === 'linux' ? false : 'needs /proc';

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The write key, once remembered, is in each profile: an invite carries it. */
async function ok(finished: Promise<Finished>): Promise<Finished> {
  const result = await finished;
  assert.equal(result.code, 0, result.stderr);
  return result;
}

const receive = (home: string, folder: string): Promise<Finished> =>
  ok(fernspeak(home, ['receive', 'talk', '--files', folder]));

test('20 MB there and back, whole; a folder keeps what it has', async (t) => {
  const { people, folder } = await meet(t, ['Ada', 'Bob']);
  const [ada, bob] = people as [Person, Person];
  const [mine, theirs] = [randomBytes(20_000_000), randomBytes(300_000)];
  writeFileSync(join(folder, 'film.mp4'), mine);
  writeFileSync(join(folder, 'photo.jpg'), theirs);
  const sent = await ok(fernspeak(ada.home, ['send', 'talk', '--file', join(folder, 'film.mp4'), '--json']));
  const { size, resumedFrom } = JSON.parse(sent.stdout) as { size: number; resumedFrom: number };
  assert.deepEqual([size, resumedFrom], [20_000_000, 0]);
  const got = join(folder, 'got');
  const first = await receive(bob.home, got);
  assert.match(first.stdout, /^Ada sent a file: film\.mp4 \(20\.0 MB\)\n/m);
  assert.equal(sha256(readFileSync(join(got, 'film.mp4'))), sha256(mine));

  await ok(fernspeak(bob.home, ['send', 'talk', '--file', join(folder, 'photo.jpg')]));
  const back = join(folder, 'back');
  mkdirSync(back);
  writeFileSync(join(back, 'photo.jpg'), 'mine, and other');
  await receive(ada.home, back);
  assert.deepEqual(readdirSync(back).toSorted(), ['photo (2).jpg', 'photo.jpg']);
  assert.equal(readFileSync(join(back, 'photo.jpg'), 'utf8'), 'mine, and other');
  assert.ok(readFileSync(join(back, 'photo (2).jpg')).equals(theirs));
  const again = await receive(ada.home, back);
  assert.deepEqual([again.stdout, readdirSync(back).length], ['', 2]);
  // what is kept is where the parts lie, not the parts
  const kept = readdirSync(bob.home, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .reduce((sum, each) => sum + statSync(join(each.parentPath, each.name)).size, 0);
  assert.ok(kept < 8 * MIB, `the profile holds ${kept} bytes`);
  t.diagnostic(`${kept} bytes in the profile of who received 20 MB`);
});

test('memory does not grow with the file, on neither side', { skip: NO_PROC }, async (t) => {
  const { people, folder } = await meet(t, ['Ada', 'Bob']);
  const [ada, bob] = people as [Person, Person];
  const peaks: [sending: number, receiving: number][] = [];
  for (const size of [20 * MIB, 80 * MIB]) {
    const file = join(folder, `${size}`);
    writeFileSync(file, randomBytes(size));
    const sending = await peakOf(ada.home, ['send', 'talk', '--file', file]);
    peaks.push([sending, await peakOf(bob.home, ['receive', 'talk', '--files', join(folder, 'got')])]);
  }
  const [few, many] = peaks;
  t.diagnostic(
    `most memory (MiB), 20 and 80 MiB: sending and receiving ${JSON.stringify(peaks.map((all) => all.map((each) => Math.round(each / MIB))))}`,
  );
  for (const side of [0, 1]) assert.ok((many?.[side] ?? 0) - (few?.[side] ?? 0) < 80 * MIB, JSON.stringify(peaks));
});

/** The most that a command had resident, in bytes. */
async function peakOf(home: string, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [LAUNCHER, ...args], { env: { ...process.env, FERNSPEAK_HOME: home } });
  let peak = 0;
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peak = Math.max(peak, Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0) * 1024);
    } catch {
      // it has ended
    }
  }, 20);
  const [code] = (await once(child, 'exit')) as [number];
  clearInterval(look);
  assert.equal(code, 0);
  return peak;
}

test('kill -9 of both sides in the middle: the same commands finish it, with no number used twice', async (t) => {
  const { people, folder, address } = await meet(t, ['Ada', 'Bob']);
  const [ada, bob] = people as [Person, Person];
  const bytes = randomBytes(12_000_000);
  writeFileSync(join(folder, 'film.mp4'), bytes);
  const got = join(folder, 'got');
  const send = ['send', 'talk', '--file', join(folder, 'film.mp4')];
  for (const lives of [700, 900, 1200]) await killed(ada.home, send, lives);
  await ok(fernspeak(bob.home, ['receive', 'talk', '--files', got]));
  assert.deepEqual(readdirSync(got), []);
  const sent = await ok(fernspeak(ada.home, [...send, '--json']));
  const { resumedFrom } = JSON.parse(sent.stdout) as { resumedFrom: number };
  for (const lives of [500, 700]) await killed(bob.home, ['receive', 'talk', '--files', got], lives);
  await receive(bob.home, got);
  assert.deepEqual(readdirSync(got), ['film.mp4']);
  assert.equal(sha256(readFileSync(join(got, 'film.mp4'))), sha256(bytes));
  assert.deepEqual(await loud(bob.home, address), []);
  t.diagnostic(`${resumedFrom} of ${bytes.length} bytes were sent before the last run`);
});

async function killed(home: string, args: readonly string[], afterMs: number): Promise<void> {
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    env: { ...process.env, FERNSPEAK_HOME: home },
    stdio: 'ignore',
  });
  await after(afterMs);
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** Codes of what is loud in somebody's conversation. */
async function loud(home: string, address: string): Promise<string[]> {
  return withConversation(home, address, async (conversation) =>
    (await conversation.findings()).map(({ code }) => code),
  );
}

async function withConversation<T>(
  home: string,
  address: string,
  work: (conversation: FramedConversation) => Promise<T>,
): Promise<T> {
  const profile = openProfile({ home });
  const [known] = await knownConversations(profile.store);
  assert.ok(known);
  const { writeKey, readKey } = known.about;
  const channel = openHttpChannel({ address, writeKey: writeKey ?? undefined, readKey: readKey ?? undefined });
  try {
    const device = await profile.device();
    return await work(new FramedConversation({ ...known, channel, store: profile.store, device }));
  } finally {
    await channel.close();
    profile.close();
  }
}

test('what a member offers in bad faith leaves the folder as it is, or a harmless file in it', async (t) => {
  const { people, folder, address } = await meet(t, ['Ada', 'Mallory']);
  const [ada, mallory] = people as [Person, Person];
  const body = Buffer.from('#!/bin/sh\n');
  const end = createHash('sha256').update(body).digest('base64url');
  const of = (number: number, file: object = {}): Record<string, unknown> => ({
    at: Date.now(),
    file: Buffer.alloc(16, number).toString('base64url'),
    size: body.length,
    chunks: 1,
    ...file,
  });
  const whole = (number: number, name: string): object[] => [
    { ...of(number), kind: 'file', name, type: 'text/html' },
    { ...of(number), kind: 'chunk', index: 0, body },
    { ...of(number), kind: 'end', sha256: end },
  ];
  const got = join(folder, 'got');
  mkdirSync(got);
  symlinkSync(join(folder, 'outside'), join(got, 'link.txt'));
  await write(mallory.home, address, [
    ...whole(1, '../../outside'),
    ...whole(2, '/etc/cron.d/evil'),
    ...whole(3, 'CON'),
    ...whole(4, '.bashrc'),
    ...whole(5, 'link.txt'),
    ...whole(6, 'a\u202etxt.exe\u001b[2J'),
    // 10⁹ chunks, of which none comes
    { ...of(7, { size: 1e9, chunks: 1e9 }), kind: 'file', name: 'huge', type: '' },
    { ...of(8), kind: 'file', name: 'lie', type: '' },
    { ...of(8), kind: 'chunk', index: 0, body },
    { ...of(8), kind: 'end', sha256: Buffer.alloc(32).toString('base64url') },
    // a part of Mallory's cannot become one of another's file, and a second offer of one id changes nothing
    ...whole(9, 'first.txt'),
    { ...of(9), kind: 'file', name: 'second.txt', type: '' },
  ]);
  const { stderr } = await receive(ada.home, got);
  assert.deepEqual(
    readdirSync(got).toSorted(),
    ['_CON', 'atxt.exe[2J', 'bashrc', 'evil', 'first.txt', 'link (2).txt', 'link.txt', 'outside'].toSorted(),
  );
  assert.ok(!existsSync(join(folder, 'outside')));
  assert.match(stderr, /The parts of lie do not make the file that was announced/);
  assert.match(stderr, /huge: 0 of 1000000000 parts have come so far/);
});

/** Puts messages of these contents on the channel, signed by this profile's device: what only another program would write. */
async function write(home: string, address: string, contents: readonly object[]): Promise<void> {
  const profile = openProfile({ home });
  const [known] = await knownConversations(profile.store);
  assert.ok(known);
  const { key, conversationId, writeKey } = known.about;
  const channel = openHttpChannel({ address, writeKey: writeKey ?? undefined });
  try {
    const [fernet, device] = [new Fernet(key), await profile.device()];
    for (const [at, content] of contents.entries()) {
      const made = await makeFrame({
        device,
        conversationId: Buffer.from(conversationId, 'hex'),
        n: at + 2,
        seen: null,
        content: content as Exclude<FrameContent, { kind: 'newer' }>,
      });
      await channel.append([[fernet.encryptAtTime(made.frame, 0)]]);
    }
  } finally {
    await channel.close();
    profile.close();
  }
}

test('bad input: what is missing, what is no file, and what does not go together', async (t) => {
  const { people, folder } = await meet(t, ['Ada', 'Bob']);
  const [ada, bob] = people as [Person, Person];
  const refused = async (home: string, args: readonly string[], words: RegExp): Promise<void> => {
    const { code, stderr } = await fernspeak(home, args);
    assert.deepEqual([code, words.test(stderr)], [2, true], stderr);
  };
  await refused(ada.home, ['send', 'talk', '--file', join(folder, 'nothing')], /There is no such file/);
  await refused(ada.home, ['send', 'talk', '--file', folder], /is not a file/);
  await refused(ada.home, ['send', 'talk', 'text', '--file', folder], /--file is sent alone/);
  await refused(ada.home, ['send', 'x.csv', '--file', folder], /Files go to a conversation/);
  await refused(ada.home, ['receive', 'x.csv', '--files', folder], /Files are in conversations/);
  writeFileSync(join(folder, 'a'), 'a');
  await refused(bob.home, ['receive', 'talk', '--files', join(folder, 'a')], /cannot be used as a folder/);
});

test(
  'where a part would be, a link that leads elsewhere is not followed',
  { skip: !existsSync('/dev/full') && 'needs /dev/full' },
  async (t) => {
    const { people, folder } = await meet(t, ['Ada', 'Bob']);
    const [ada, bob] = people as [Person, Person];
    writeFileSync(join(folder, 'a'), randomBytes(1000));
    const sent = await ok(fernspeak(ada.home, ['send', 'talk', '--file', join(folder, 'a'), '--json']));
    const { file } = JSON.parse(sent.stdout) as { file: string };
    const got = join(folder, 'got');
    mkdirSync(got);
    // a symbolic link where the part would be is not followed, wherever it leads
    symlinkSync('/dev/full', join(got, `.${file}.part`));
    const { code, stderr } = await fernspeak(bob.home, ['receive', 'talk', '--files', got]);
    assert.equal(code, 1);
    assert.match(stderr, /Nothing can be written into .*got/);
  },
);
