// `send` killed at any moment: the message is there once or not at all, never twice or in part; once it is in the
// outbox, the next command for that channel stores it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { setTimeout as after } from 'node:timers/promises';
import { Conversation, plainSeal, textOf } from '@fernspeak/conversation';
import { openProfile, type Profile } from '@fernspeak/conversation/profile';
import { Fernet } from '@fernspeak/fernet';
import { createChannel, run, startRelayProcess, temporaryFolder } from '@fernspeak/test';
import { openAddress } from '../support/open-address.ts';

const SENDER = fileURLToPath(new URL('../support/send-one.ts', import.meta.url));
const KILLS = process.env['FERNSPEAK_LONG'] === '1' ? 200 : 20;
/** Killed at most so long after it began, milliseconds: a sending takes about that. */
const LATEST_KILL_MS = 40;
/** Longer than four fields of a CSV file: two entries. On the relay: eight fields. */
const LONG = 400_000;

/** A channel to send to, and its write key. */
interface Place {
  readonly address: string;
  readonly writeKey?: string;
}

const PLACES: Readonly<Record<string, (t: TestContext, home: string) => Promise<Place>>> = {
  'a CSV file': async (_, home) => ({ address: join(home, 'notes.csv') }),
  'a relay': async (t, home) => createChannel((await startRelayProcess(t, join(home, 'relay'))).url),
};

/** One profile whose messages go to one place, each in a process of its own. */
class Sender {
  readonly profile: Profile;
  readonly conversation: Conversation;
  readonly address: string;
  readonly #home: string;
  readonly #env: Record<string, string>;

  constructor(t: TestContext, home: string, { address, writeKey = '' }: Place) {
    const key = Fernet.generateKey();
    this.#home = join(home, 'profile');
    this.#env = { SENDER_KEY: key, SENDER_WRITE_KEY: writeKey };
    this.profile = openProfile({ home: this.#home });
    const channel = openAddress(address);
    this.address = channel.address;
    this.conversation = new Conversation({ channel, seal: plainSeal(key), store: this.profile.store });
    t.after(async () => {
      await channel.close();
      this.profile.close();
    });
  }

  send(text: string, killAfterMs: number | null = null): ReturnType<typeof run> {
    return run(process.execPath, [SENDER, this.#home, this.address.replace(/^file:/, '')], {
      input: text,
      env: this.#env,
      onStart: (child) => {
        if (killAfterMs === null) return;
        // counted from the moment when the program has loaded and begins
        child.stdout?.once('data', () => void after(killAfterMs).then(() => child.kill('SIGKILL')));
      },
    });
  }

  /** Everything on the channel, opened and whole. */
  async shown(): Promise<(string | null)[]> {
    const messages = await Array.fromAsync(this.conversation.history({ after: 0 }));
    return messages.map(({ content }) => content && textOf(content));
  }
}

for (const [name, open] of Object.entries(PLACES)) {
  test(`send to ${name}, killed at random moments`, async (t) => {
    const home = temporaryFolder(t);
    const sender = new Sender(t, home, await open(t, home));
    let killed = 0;
    const wanted: string[] = [];
    for (let turn = 0; turn < KILLS; turn++) {
      const text = `message ${turn} `.padEnd(turn % 3 === 0 ? LONG : 20, '.');
      wanted.push(text);
      const { stdout } = await sender.send(text, (turn / KILLS) * LATEST_KILL_MS);
      if (!stdout.includes('done')) killed += 1;
    }
    assert.ok(killed >= 3, `only ${killed} of ${KILLS} were caught at work`);
    wanted.push('the last one');
    assert.match((await sender.send('the last one')).stdout, /done/);

    const left = await sender.profile.store.head(sender.address);
    assert.equal(left, null, 'the last send left something in the outbox');
    const shown = await sender.shown();
    // in their order, each once, whole; those killed before they were accepted are not there
    assert.deepEqual(
      shown,
      wanted.filter((text) => shown.includes(text)),
    );
    assert.equal(shown.at(-1), 'the last one');
  });

  test(`twelve processes that send to ${name} at once store each message once`, async (t) => {
    const home = temporaryFolder(t);
    const sender = new Sender(t, home, await open(t, home));
    const texts = Array.from({ length: 12 }, (_, at) => `message ${at}`);
    const sent = await Promise.all(texts.map((text) => sender.send(text)));
    for (const { code, stderr } of sent) assert.deepEqual([code, stderr], [0, '']);
    const shown = await sender.shown();
    assert.equal(shown.length, texts.length);
    assert.deepEqual(new Set(shown), new Set(texts));
  });
}
