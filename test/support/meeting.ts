import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createChannel, fernspeak, LAUNCHER, run, startRelayProcess, type RunningRelay } from './processes.ts';
import { temporaryFolder } from './temporary.ts';

/** Somebody who has joined. */
export interface Person {
  readonly name: string;
  /** Where the profile lies: for `fernspeak`, or FERNSPEAK_HOME. */
  readonly home: string;
}

/** A conversation, `talk` for all of them, on a relay of its own. */
export interface Meeting {
  readonly people: readonly Person[];
  readonly relay: RunningRelay;
  /** Of the channel. */
  readonly address: string;
  readonly folder: string;
}

/** The first of them makes a conversation, and the others join it by its links: with the commands that a user has. */
export async function meet(t: TestContext, names: readonly [string, ...string[]]): Promise<Meeting> {
  const folder = temporaryFolder(t);
  const relay = await startRelayProcess(t, join(folder, 'relay'));
  const { address, writeKey } = await createChannel(relay.url);
  const keyFile = join(folder, 'write.key');
  writeFileSync(keyFile, writeKey);
  const people = names.map((name) => ({ name, home: join(folder, name) }));
  const [first, ...others] = people as [Person, ...Person[]];
  const made = await fernspeak(first.home, ['new', 'talk', address, '--me', first.name, '--write-key-file', keyFile]);
  assert.equal(made.code, 0, made.stderr);
  for (const { name, home } of others) {
    const { stdout: link } = await fernspeak(first.home, ['invite', 'talk', '--for', name]);
    writeFileSync(join(folder, 'link'), link);
    const command = `"$0" "$1" join - --name talk --me ${name} --yes < link`;
    const env = { FERNSPEAK_HOME: home };
    const joined = await run('sh', ['-c', command, process.execPath, LAUNCHER], { cwd: folder, env });
    assert.equal(joined.code, 0, joined.stderr);
  }
  return { people, relay, address, folder };
}
