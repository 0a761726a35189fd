// npm start [-- --port N]: a relay on this computer, with a first channel, and what to do next. Everything is kept in ./data.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Profile } from '@fernspeak/conversation/profile';
import { startRelay, type Relay, type StoredEntry } from '@fernspeak/relay';
import { createChannel } from '@fernspeak/test';
import manifest from '../package.json' with { type: 'json' };
import { unlockedProfile } from './start/profile.ts';

const DATA = fileURLToPath(new URL('../data', import.meta.url));
/** Which channel is the first one, and under which address its keys were last remembered. */
const FIRST_CHANNEL = join(DATA, 'first-channel.json');
/** Its write key, as long as the profile is locked and cannot have it. */
const WRITE_KEY = join(DATA, 'first-channel.key');
/** The app that the relay serves. */
const WEB = fileURLToPath(new URL('../packages/cli/dist/web', import.meta.url));
const HOST = '127.0.0.1';
const PREFERRED_PORT = 8130;
/** How many ports after the preferred one are tried. */
const PORTS_TO_TRY = 20;
/** npm passes on a Ctrl-C that the terminal has sent to us already, within so many milliseconds. */
const ECHO_MS = 300;

function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(port, HOST, () => probe.close(() => resolve(true)));
  });
}

async function choosePort(asked: number | undefined): Promise<number> {
  if (asked !== undefined) return asked;
  for (let port = PREFERRED_PORT; port < PREFERRED_PORT + PORTS_TO_TRY; port++) {
    if (!(await isFree(port))) continue;
    if (port !== PREFERRED_PORT) {
      console.log(`${PREFERRED_PORT} is in use (another fernspeak?). Using ${port}; npm start -- --port N chooses.\n`);
    }
    return port;
  }
  return 0;
}

interface FirstChannel {
  readonly address: string;
  readonly entries: number;
}

/** The channel of an earlier start, or a new one, public to read as in the article. */
async function firstChannel(url: string, profile: Profile | null): Promise<FirstChannel> {
  return (await earlierChannel(url, profile)) ?? (await newChannel(url, profile));
}

async function newChannel(url: string, profile: Profile | null): Promise<FirstChannel> {
  const { address, writeKey } = await createChannel(url, { name: 'My first channel' });
  remember(address, writeKey, profile);
  return { address, entries: 0 };
}

/** Null: there is none, it is not there any more, or nobody here could write to it. */
async function earlierChannel(url: string, profile: Profile | null): Promise<FirstChannel | null> {
  if (!existsSync(FIRST_CHANNEL)) return null;
  const { address: earlier } = JSON.parse(readFileSync(FIRST_CHANNEL, 'utf8')) as { address: string };
  const address = `${url}${new URL(earlier).pathname}`;
  const answer = await fetch(`${address}.json`);
  if (!answer.ok) return null;
  const kept = existsSync(WRITE_KEY) ? readFileSync(WRITE_KEY, 'utf8').trim() : undefined;
  const writeKey = profile?.channelKeys(earlier).write ?? kept;
  // a locked profile has the key under the address of that start
  if (writeKey === undefined && (profile !== null || address !== earlier)) return null;
  if (writeKey !== undefined) remember(address, writeKey, profile);
  const { last_entry_id: last } = (await answer.json()) as { last_entry_id: number | null };
  return { address, entries: last ?? 0 };
}

/** The key goes into the profile; while that is locked, into a file that the commands can be given. */
function remember(address: string, writeKey: string, profile: Profile | null): void {
  if (profile) {
    profile.rememberChannelKeys(address, { write: writeKey });
    rmSync(WRITE_KEY, { force: true });
  } else writeFileSync(WRITE_KEY, `${writeKey}\n`, { mode: 0o600 });
  writeFileSync(FIRST_CHANNEL, JSON.stringify({ address }) + '\n', { mode: 0o600 });
}

const count = (entries: number): string => `${entries} ${entries === 1 ? 'entry' : 'entries'}`;

/** What a locked profile means. */
const LEFT_ALONE = 'Your profile is locked, and was left alone: the commands ask for its passphrase.\n';
const NOT_REMEMBERED = `Your profile is locked, so it does not have this channel's write key. It lies in data/first-channel.key; send takes it once, and remembers it.\n`;

function greet(url: string, { address, entries }: FirstChannel, locked: boolean): void {
  const kept = entries > 0 ? ` ${count(entries)} from last time.` : '';
  const inFile = existsSync(WRITE_KEY);
  const sendTo = inFile ? `${address} --write-key-file data/first-channel.key` : address;
  const where = inFile || locked ? '' : ' (its write key is in your profile)';
  console.log(`fernspeak ${manifest.version} runs on this computer. Ctrl-C stops it; everything is kept in ./data.${kept}

  Open ${url} in a browser: talk to yourself, and watch what the relay sees.

  Or in a second terminal:
  1  ./fernspeak send    ${sendTo}     asks for a message and a key of your choice${where}
  2  ./fernspeak inspect ${address}     what the relay, or anyone in between, can read
  3  ./fernspeak receive ${address}     asks for the same key

  History   ${address}/feeds.csv
  Only this computer can reach ${url}.
`);
  if (locked) console.log(inFile ? NOT_REMEMBERED : LEFT_ALONE);
}

let explained = false;

/** One line for each entry: all that a relay ever sees. */
function showStored({ channel, entry, characters, sealed }: StoredEntry): void {
  const time = new Date().toTimeString().slice(0, 8);
  const note = explained ? '' : '        (all that a relay ever sees)';
  explained = true;
  const how = sealed ? 'sealed' : 'NOT SEALED: anyone can read it';
  console.log(`${time}  channel ${channel}  entry ${entry}  ${characters} characters  ${how}${note}`);
}

/** Resolves at the first signal; a second one ends it at once, unless it is npm's echo of the same Ctrl-C. */
function stopSignal(): Promise<void> {
  let since = Infinity;
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (performance.now() - since > ECHO_MS) process.exit(1);
        since = Math.min(since, performance.now());
        resolve();
      });
    }
  });
}

async function stop(relay: Relay, address: string): Promise<void> {
  const answer = await fetch(`${address}.json`);
  const { last_entry_id: last } = (await answer.json()) as { last_entry_id: number | null };
  await relay.close();
  console.log(`\nStopped. ${count(last ?? 0)} kept in ./data`);
}

/** The port that stands behind `npm start --`; undefined: none does. */
function askedPort(): number | undefined {
  try {
    const { port } = parseArgs({ options: { port: { type: 'string' } } }).values;
    if (port === undefined) return undefined;
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new Error(`${port} is no port number`);
    return Number(port);
  } catch (error) {
    const [sentence] = (error as Error).message.split('. ');
    console.error(`error: ${sentence}.`);
    console.error(
      'hint: npm start -- --port N is all there is here; ./fernspeak relay --help has every option of a relay.',
    );
    return process.exit(2);
  }
}

const port = askedPort();
mkdirSync(DATA, { recursive: true, mode: 0o700 });
const profile = await unlockedProfile();
const relay = await startRelay({
  host: HOST,
  port: await choosePort(port),
  data: DATA,
  web: WEB,
  onStored: showStored,
});
const channel = await firstChannel(relay.url, profile);
profile?.close();
const stopped = stopSignal(); // before anybody reads that Ctrl-C stops it
greet(relay.url, channel, profile === null);
await stopped;
const echo = pause(ECHO_MS); // it must not meet a process that ends, where nobody catches it
await stop(relay, channel.address);
await echo;
