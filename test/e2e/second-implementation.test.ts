// What the command makes, in real processes over a real relay or in a CSV file, is read by the reader in Python that was
// written from docs/protocol.md alone: it shows the same messages, knows who received them, and finds nothing wrong.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  createChannel,
  fernspeak,
  findPython,
  NEEDS_PYTHON,
  ROOT,
  run,
  startRelayProcess,
  temporaryFolder,
} from '@fernspeak/test';

interface Place {
  readonly folder: string;
  readonly address: string;
  /** What `new` is given beside the address, and `join` beside the link. */
  readonly making: readonly string[];
  readonly joining: readonly string[];
}

const PLACES: Readonly<Record<string, (t: TestContext) => Promise<Place>>> = {
  'a relay': async (t) => {
    const folder = temporaryFolder(t);
    const relay = await startRelayProcess(t, join(folder, 'relay'));
    const { address, writeKey } = await createChannel(relay.url);
    const keyFile = join(folder, 'write.key');
    writeFileSync(keyFile, writeKey);
    return { folder, address, making: ['--write-key-file', keyFile], joining: [] };
  },
  'a CSV file': async (t) => {
    const folder = temporaryFolder(t);
    const address = join(folder, 'talk.csv');
    return { folder, address, making: [], joining: ['--file', address] };
  },
};

/** What a message is, in the command's words and in Python's. */
interface Exported {
  readonly id: string;
  readonly entryId: number;
  readonly sender: { readonly key: string; readonly name: string };
  readonly n: number;
  readonly kind: string;
  readonly title: string | null;
  readonly priority: string | null;
  readonly text: string;
  readonly findings: readonly unknown[];
}

interface Found {
  readonly t: string;
  readonly entry: number;
  readonly from: string;
  readonly n: number;
  readonly kind: string;
  readonly title?: string;
  readonly priority?: string;
  readonly text: string;
  readonly received: readonly string[];
  readonly notices: readonly unknown[];
}

const LONG_TEXT = 'A long one. '.repeat(400);

const python = findPython();
for (const [name, open] of Object.entries(PLACES)) {
  test(`a conversation over ${name}, read in Python`, { skip: python ? false : NEEDS_PYTHON }, async (t) => {
    assert.ok(python);
    const { folder, address, making, joining } = await open(t);
    const as = async (person: string, args: readonly string[], input = ''): Promise<string> => {
      const { code, stdout, stderr } = await fernspeak(join(folder, person), args, { cwd: folder, input });
      assert.equal(code, 0, `${person} ${args.join(' ')}: ${stderr}`);
      return stdout;
    };
    await as('ada', ['new', 'talk', address, '--me', 'Ada', ...making]);
    const link = await as('ada', ['invite', 'talk', '--for', 'Bob']);
    await as('bob', ['join', '-', '--yes', '--name', 'talk', '--me', 'Bob', ...joining], link);
    await as('ada', ['send', 'talk', 'Dinner at eight? 🍝']);
    await as('bob', ['send', 'talk'], LONG_TEXT);
    await as('bob', ['send', 'talk', '97 % full', '--title', 'disk', '--priority', 'high']);
    await as('ada', ['send', 'talk', 'Good.']);
    // who joins now checks what the inviter had seen; so does Python, by the same link
    const later = await as('ada', ['invite', 'talk', '--for', 'Cai']);
    await as('cai', ['join', '-', '--yes', '--name', 'talk', '--me', 'Cai', ...joining], later);
    await as('cai', ['send', 'talk', 'Here I am.']);
    await as('bob', ['send', 'talk', 'Hello Cai.']);

    await as('ada', ['receive', 'talk']);
    const exported = JSON.parse(await as('ada', ['export', 'talk', '--format', 'json'])) as Exported[];
    assert.deepEqual(
      exported.filter(({ kind }) => kind === 'text').map(({ sender, n, text }) => [sender.name, n, text]),
      [
        ['Ada', 2, 'Dinner at eight? 🍝'],
        ['Bob', 2, LONG_TEXT],
        ['Bob', 3, '97 % full'],
        ['Ada', 3, 'Good.'],
        ['Cai', 2, 'Here I am.'],
        ['Bob', 4, 'Hello Cai.'],
      ],
    );

    // by the link alone; a file has another path for each, so it is named
    const args = ['-B', join(ROOT, 'examples', 'python', 'conversation.py'), '--json', ...joining.slice(1)];
    const { code, stdout, stderr } = await run(python.command, args, { cwd: folder, input: later });
    assert.equal(code, 0, stderr);
    const found = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Found);
    assert.deepEqual(
      found.map(({ t, entry, from, n, kind, title = null, priority = null, text, notices }) => {
        return { t, entry, from, n, kind, title, priority, text, notices };
      }),
      exported.map(({ id, entryId, sender, n, kind, title, priority, text, findings }) => {
        const said = kind === 'hello' ? sender.name : text;
        return { t: id, entry: entryId, from: sender.key, n, kind, title, priority, text: said, notices: findings };
      }),
    );
    const nameOf = new Map(exported.map(({ sender }) => [sender.key, sender.name]));
    assert.deepEqual(
      found.filter(({ kind }) => kind === 'text').map(({ received }) => received.map((key) => nameOf.get(key))),
      [['Bob'], ['Ada'], ['Ada'], ['Bob'], ['Bob'], []],
    );
  });
}
