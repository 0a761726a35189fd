// npm start [-- --port N]: a relay on this computer, with a first channel, and what to do next. Everything is kept in ./data.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openProfile, type ChannelKeys } from '@fernspeak/conversation/profile';
import { startRelay, type Relay, type StoredEntry } from '@fernspeak/relay';
import { createChannel } from '@fernspeak/test';
import manifest from '../package.json' with { type: 'json' };

const DATA = fileURLToPath(new URL('../data', import.meta.url));
/** Which channel is the first one, and under which address its keys were last remembered. */
const FIRST_CHANNEL = join(DATA, 'first-channel.json');
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

async function choosePort(asked: string | undefined): Promise<number> {
  if (asked !== undefined) return Number(asked);
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

/** The channel of an earlier start, or a new one, public to read as in the article. Its keys go into the profile. */
async function firstChannel(url: string): Promise<FirstChannel> {
  const profile = openProfile();
  const remember = (address: string, keys: ChannelKeys): void => {
    profile.rememberChannelKeys(address, keys);
    writeFileSync(FIRST_CHANNEL, JSON.stringify({ address }) + '\n', { mode: 0o600 });
  };
  try {
    if (existsSync(FIRST_CHANNEL)) {
      const { address: earlier } = JSON.parse(readFileSync(FIRST_CHANNEL, 'utf8')) as { address: string };
      const address = `${url}${new URL(earlier).pathname}`;
      const answer = await fetch(`${address}.json`);
      const keys = profile.channelKeys(earlier);
      if (answer.ok && keys.write !== undefined) {
        if (address !== earlier) remember(address, keys); // another port this time
        const { last_entry_id: last } = (await answer.json()) as { last_entry_id: number | null };
        return { address, entries: last ?? 0 };
      }
    }
    const channel = await createChannel(url, { name: 'My first channel' });
    remember(channel.address, { write: channel.writeKey, read: channel.readKey });
    return { address: channel.address, entries: 0 };
  } finally {
    profile.close();
  }
}

const count = (entries: number): string => `${entries} ${entries === 1 ? 'entry' : 'entries'}`;

function greet(url: string, { address, entries }: FirstChannel): void {
  const kept = entries > 0 ? ` ${count(entries)} from last time.` : '';
  console.log(`fernspeak ${manifest.version} runs on this computer. Ctrl-C stops it; everything is kept in ./data.${kept}

  In a second terminal:
  1  ./fernspeak send    ${address}     asks for a message and a key of your choice (its write key is in your profile)
  2  ./fernspeak inspect ${address}     what the relay, or anyone in between, can read
  3  ./fernspeak receive ${address}     asks for the same key

  History   ${address}/feeds.csv
  Only this computer can reach ${url}.
`);
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

async function stopOnSignal(relay: Relay, address: string): Promise<void> {
  await stopSignal();
  const answer = await fetch(`${address}.json`);
  const { last_entry_id: last } = (await answer.json()) as { last_entry_id: number | null };
  await relay.close();
  console.log(`\nStopped. ${count(last ?? 0)} kept in ./data`);
}

const { values } = parseArgs({ options: { port: { type: 'string' } } });
mkdirSync(DATA, { recursive: true, mode: 0o700 });
const relay = await startRelay({ host: HOST, port: await choosePort(values.port), data: DATA, onStored: showStored });
const channel = await firstChannel(relay.url);
greet(relay.url, channel);
await stopOnSignal(relay, channel.address);
