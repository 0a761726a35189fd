// `send` killed at any moment: the message is there once or not at all, never twice or in part; once it is in the
// outbox, the next command for that channel stores it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { setTimeout as after } from 'node:timers/promises';
import { openFileChannel } from '@fernspeak/channel/file';
import { Conversation, plainSeal, textOf } from '@fernspeak/conversation';
import { openProfile } from '@fernspeak/conversation/profile';
import { Fernet } from '@fernspeak/fernet';
import { run, temporaryFolder } from '@fernspeak/test';

const SENDER = fileURLToPath(new URL('../support/send-one.ts', import.meta.url));
const KILLS = process.env['FERNSPEAK_LONG'] === '1' ? 200 : 20;
/** Longer than four fields of a CSV file: two entries. */
const LONG = 400_000;

test('send to a CSV file, killed at random moments', async (t) => {
  const home = temporaryFolder(t);
  const file = join(home, 'notes.csv');
  const key = Fernet.generateKey();
  const send = (text: string, killAfterMs: number | null) =>
    run(process.execPath, [SENDER, join(home, 'profile'), file], {
      input: text,
      env: { SENDER_KEY: key },
      onStart: (child) => {
        if (killAfterMs === null) return;
        // counted from the moment when the program has loaded and begins
        child.stdout?.once('data', () => void after(killAfterMs).then(() => child.kill('SIGKILL')));
      },
    });

  let killed = 0;
  const wanted: string[] = [];
  for (let turn = 0; turn < KILLS; turn++) {
    const text = `message ${turn} `.padEnd(turn % 3 === 0 ? LONG : 20, '.');
    wanted.push(text);
    const { stdout } = await send(text, (turn / KILLS) * 40);
    if (!stdout.includes('done')) killed += 1;
  }
  assert.ok(killed >= 3, `only ${killed} of ${KILLS} were caught at work`);
  wanted.push('the last one');
  assert.match((await send('the last one', null)).stdout, /done/);

  const profile = openProfile({ home: join(home, 'profile') });
  t.after(() => profile.close());
  const channel = openFileChannel(file);
  const conversation = new Conversation({ channel, seal: plainSeal(key), store: profile.store });
  assert.equal(await profile.store.head(channel.address), null, 'the last send left something in the outbox');
  const shown: (string | null)[] = [];
  for await (const { content } of conversation.history({ after: 0 })) shown.push(content && textOf(content));
  // in their order, each once, whole; those killed before they were accepted are not there
  assert.deepEqual(
    shown,
    wanted.filter((text) => shown.includes(text)),
  );
  assert.equal(shown.at(-1), 'the last one');
  assert.ok(readFileSync(file, 'utf8').endsWith('\n'));
});

test('twelve processes that send to one CSV file at once store each message once', async (t) => {
  const home = temporaryFolder(t);
  const file = join(home, 'notes.csv');
  const key = Fernet.generateKey();
  const texts = Array.from({ length: 12 }, (_, at) => `message ${at}`);
  const arguments_ = [SENDER, join(home, 'profile'), file];
  const sent = await Promise.all(
    texts.map((input) => run(process.execPath, arguments_, { input, env: { SENDER_KEY: key } })),
  );
  for (const { code, stderr } of sent) assert.deepEqual([code, stderr], [0, '']);
  const channel = openFileChannel(file);
  const seal = plainSeal(key);
  const shown: (string | null)[] = [];
  for await (const entry of channel.read({ after: 0 })) {
    const [opened] = await seal.open([entry.fields[0] ?? '']);
    shown.push(opened?.content ? textOf(opened.content) : null);
  }
  assert.equal(shown.length, texts.length);
  assert.deepEqual(new Set(shown), new Set(texts));
});
