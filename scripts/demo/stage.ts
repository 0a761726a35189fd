import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createChannel,
  fernspeak,
  placeArticleProgram,
  startRelayProcess,
  type Finished,
  type NewChannel,
} from '@fernspeak/test';

/** Everything a step of the demo needs: a relay, its channel, and people with profiles and key files of their own. */
export interface Stage {
  readonly folder: string;
  readonly data: string;
  readonly url: string;
  readonly channel: NewChannel;
  /** Runs `fernspeak ARGS` as this person. */
  as(person: string, args: readonly string[], input?: string | Uint8Array): Promise<Finished>;
  /** Puts a secret into a file (0600) and gives its path. */
  secretFile(name: string, secret: string): string;
  /** `--key-file FILE` for the passphrase that the friends share. */
  readonly sharedKey: readonly string[];
  /** The article's programs, set up for this relay. */
  readonly sender: string;
  readonly receiver: string;
  /** `--write-key-file FILE` for the channel. */
  readonly writeKey: readonly string[];
  /** Calls this when the curtain falls. */
  atEnd(cleanup: () => void): void;
  end(): Promise<void>;
}

/** Six words, as `fernspeak passphrase` suggests them; a new number at its end each time, so that no run can use another's. */
const PASSPHRASE = `copper-lantern-otter-mosaic-violin-${randomBytes(4).toString('hex')}`;

/** Opens the curtain: a real relay on a free port of loopback, thrown away by `end`. */
export async function openStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'fernspeak-demo-'));
  const cleanups: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })];
  const data = join(folder, 'data');
  const secretFile = (name: string, secret: string): string => {
    const path = join(folder, name);
    writeFileSync(path, secret, { mode: 0o600 });
    return path;
  };
  const relay = await startRelayProcess({ after: (cleanup) => void cleanups.unshift(cleanup) }, data);
  const channel = await createChannel(relay.url);
  const place = { host: relay.url, channel: channel.id, writeKey: channel.writeKey };
  return {
    folder,
    data,
    url: relay.url,
    channel,
    secretFile,
    sender: placeArticleProgram('sender.py', place, folder),
    receiver: placeArticleProgram('receiver.py', place, folder),
    sharedKey: ['--key-file', secretFile('shared-passphrase', PASSPHRASE)],
    writeKey: ['--write-key-file', secretFile('write-key', channel.writeKey)],
    as: (person, args, input = '') => {
      const home = join(folder, person);
      mkdirSync(home, { recursive: true, mode: 0o700 });
      return fernspeak(home, args, { input });
    },
    atEnd: (cleanup) => void cleanups.unshift(cleanup),
    end: async () => {
      await relay.stop();
      for (const cleanup of cleanups) cleanup();
    },
  };
}
