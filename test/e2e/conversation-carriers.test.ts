// One conversation, the same over every carrier: made, joined by a link, spoken in, and nothing is found wrong with it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createChannel, fernspeak, startRelayProcess, temporaryFolder } from '@fernspeak/test';

/** What every short message of a conversation measures on the channel. */
const CHARACTERS = 612;
/** What stands before a message that is cut over several fields, at most. */
const MARKER_CHARACTERS = 32;

/** Where it takes place: what `new` is given, and what `join` needs besides the link. */
interface Place {
  readonly folder: string;
  readonly address: string;
  readonly making: readonly string[];
  readonly joining: readonly string[];
}

async function onRelay(t: TestContext, args: readonly string[]): Promise<Place> {
  const folder = temporaryFolder(t);
  const relay = await startRelayProcess(t, join(folder, 'relay'), args);
  const { address, writeKey } = await createChannel(relay.url);
  const keyFile = join(folder, 'write.key');
  writeFileSync(keyFile, writeKey);
  return { folder, address, making: ['--write-key-file', keyFile], joining: [] };
}

const PLACES: Readonly<Record<string, (t: TestContext) => Promise<Place>>> = {
  'a relay': (t) => onRelay(t, []),
  'a relay with ThingSpeak’s limits, its wait shortened': (t) =>
    onRelay(t, ['--thingspeak-limits', '--update-interval', '0.02']),
  'a CSV file': async (t) => {
    const folder = temporaryFolder(t);
    const address = join(folder, 'talk.csv');
    return { folder, address, making: [], joining: ['--file', address] };
  },
};

interface Inspected {
  readonly characters: number;
  readonly sealed: boolean;
}

for (const [name, open] of Object.entries(PLACES)) {
  test(`a conversation over ${name}`, async (t) => {
    const { folder, address, making, joining } = await open(t);
    const as = async (person: string, args: readonly string[], input?: string): Promise<string> => {
      const done = await fernspeak(join(folder, person), args, {
        cwd: folder,
        ...(input === undefined ? {} : { input }),
      });
      assert.equal(done.code, 0, `${person} ${args.join(' ')}: ${done.stderr}`);
      return done.stdout;
    };
    await as('ada', ['new', 'talk', address, '--me', 'Ada', ...making]);
    const link = await as('ada', ['invite', 'talk', '--for', 'Bob']);
    await as('bob', ['join', '-', '--yes', '--name', 'talk', '--me', 'Bob', ...joining], link);

    await as('ada', ['send', 'talk', 'Dinner at eight? 🍝']);
    assert.equal(await as('bob', ['receive', 'talk']), 'Ada: Dinner at eight? 🍝\n');
    await as('bob', ['send', 'talk', 'Yes.']);
    await as('bob', ['send', 'talk', 'x'.repeat(3000)]);
    assert.equal(await as('ada', ['receive', 'talk']), `Bob: Yes.\nBob: ${'x'.repeat(3000)}\n`);
    await as('ada', ['send', 'talk', 'Good.']);
    assert.equal(await as('bob', ['receive', 'talk']), 'Ada: Good.\n');

    for (const person of ['ada', 'bob']) {
      const { findings } = JSON.parse(await as(person, ['check', 'talk', '--json'])) as { findings: unknown[] };
      assert.deepEqual(findings, [], person);
    }
    const { members } = JSON.parse(await as('ada', ['members', 'talk', '--json'])) as {
      members: { name: string; me: boolean; confirmedUpTo: string | null }[];
    };
    assert.deepEqual(
      members.map(({ name, me, confirmedUpTo }) => [name, me, confirmedUpTo !== null]),
      [
        ['Ada', true, false],
        ['Bob', false, true],
      ],
    );
    const entries = (await as('ada', ['inspect', 'talk', '--all', '--json']))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Inspected);
    assert.ok(entries.every(({ sealed }) => sealed));
    // two that say who joined and three short texts look the same
    const first = entries[0]?.characters ?? 0;
    const alike = entries.filter(({ characters }) => characters === first);
    assert.ok(alike.length >= 5, JSON.stringify(entries.map(({ characters }) => characters)));
    assert.ok(first >= CHARACTERS && first < CHARACTERS + MARKER_CHARACTERS);
  });
}
