// Messages of every size arrive whole over every carrier, through the command.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { createChannel, fernspeak, LAUNCHER, run, startRelayProcess, temporaryFolder } from '@fernspeak/test';

const KEY = randomBytes(32).toString('base64url') + '=';
/** `npm run test:long` */
const LONG = process.env['FERNSPEAK_LONG'] === '1';
const MIB = 1024 * 1024;
/** Around a block, around one field, around ThingSpeak's field and entry, and the largest that is promised. */
const SIZES = [0, 1, 15, 16, 17, 127, 128, 1000, 1400, 1500, 3000, 65_536, MIB];

interface Place {
  readonly address: string;
  readonly flags: readonly string[];
  readonly home: string;
}

function keyFile(folder: string, name: string, key: string): string {
  const path = join(folder, name);
  writeFileSync(path, key, { mode: 0o600 });
  return path;
}

async function relayPlace(t: TestContext, args: readonly string[]): Promise<Place> {
  const home = temporaryFolder(t);
  const relay = await startRelayProcess(t, join(home, 'data'), args);
  const channel = await createChannel(relay.url);
  const writeKey = keyFile(home, 'write-key', channel.writeKey);
  return {
    address: channel.address,
    flags: ['--key-file', keyFile(home, 'key', KEY), '--write-key-file', writeKey],
    home,
  };
}

const PLACES: Readonly<Record<string, (t: TestContext) => Promise<Place>>> = {
  'a CSV file': async (t) => {
    const home = temporaryFolder(t);
    return { address: join(home, 'notes.csv'), flags: ['--key-file', keyFile(home, 'key', KEY)], home };
  },
  'a relay': (t) => relayPlace(t, []),
  'a relay with ThingSpeak’s limits, its wait shortened': (t) =>
    relayPlace(t, ['--thingspeak-limits', '--update-interval', '0.02']),
};

/** Sends bytes, receives them with `--raw`, and compares. */
async function roundTrip({ address, flags, home }: Place, message: Uint8Array): Promise<void> {
  const sent = await fernspeak(home, ['send', address, ...flags], { input: message });
  assert.equal(sent.code, 0, sent.stderr);
  const env = { FERNSPEAK_HOME: home };
  const args = [LAUNCHER, 'receive', address, '--raw', ...flags.slice(0, 2)];
  const chunks: Buffer[] = [];
  const received = await run(process.execPath, args, {
    env,
    onStart: (child) => child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk)),
  });
  assert.equal(received.code, 0, received.stderr);
  const got = Buffer.concat(chunks);
  assert.equal(got.length, message.length);
  assert.equal(createHash('sha256').update(got).digest('hex'), createHash('sha256').update(message).digest('hex'));
}

/** One character of every plane that Unicode has, and some that software likes to break. */
function everyPlane(): string {
  const planes = Array.from({ length: 17 }, (_, plane) => String.fromCodePoint(plane * 0x10000 + 0x1f5e));
  return [...planes, '👩‍👩‍👧‍👦', 'é', 'e\u0301', '\u202e', '\0', '\r\n', '"', ',', '~', '\uFEFF'].join('|');
}

for (const [name, place] of Object.entries(PLACES)) {
  describe(`over ${name}`, () => {
    test('random bytes from 0 to 1 MiB arrive whole', async (t) => {
      const there = await place(t);
      for (const size of SIZES) await roundTrip(there, randomBytes(size));
    });
    test('a character of every Unicode plane, and those that break things, arrive as they were', async (t) => {
      await roundTrip(await place(t), Buffer.from(everyPlane().repeat(20)));
    });
  });
}

if (LONG) {
  test('under ThingSpeak’s true 15 seconds, a second message waits its turn and arrives', async (t) => {
    const there = await relayPlace(t, ['--thingspeak-limits']);
    const started = performance.now();
    await roundTrip(there, randomBytes(100));
    await roundTrip(there, randomBytes(100));
    assert.ok(performance.now() - started >= 14_000, 'the relay imposed the wait');
  });
}
