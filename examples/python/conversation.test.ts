// The second implementation, in Python: it finds what the vectors say, over a relay, a CSV file and standard input.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  createChannel,
  findPythons,
  NEEDS_PYTHON,
  ROOT,
  run,
  startRelayProcess,
  temporaryFolder,
  type Finished,
  type RunOptions,
} from '@fernspeak/test';

interface Conversation {
  readonly key: string;
  readonly conversationId: string;
  readonly entries: readonly { readonly id: number; readonly fields: readonly (string | null)[] }[];
  readonly messages: readonly (Line & { readonly finding: string | null })[];
}

/** What a line of `--json` and a message of joining-conversation.json both have. */
interface Line {
  readonly entry: number | null;
  readonly from: string | null;
  readonly n: number | null;
  readonly text: string | null;
  readonly place: number | null;
  readonly notices: readonly { readonly code: string }[];
}

const FOLDER = join(ROOT, 'examples', 'python');
const VECTORS = join(ROOT, 'vectors');
const CHECKED = [
  'frames.json',
  'files.json',
  'chain.json',
  'joining-conversation.json',
  'parts.json',
  'plain.json',
  'invites.json',
  'places.json',
];
const vectors = JSON.parse(readFileSync(join(VECTORS, 'joining-conversation.json'), 'utf8')) as Conversation;

const pythons = findPythons();
if (pythons.length === 0) test('the reader in Python', { skip: NEEDS_PYTHON }, () => {});

for (const { command, cryptography } of pythons) {
  const python = (program: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> =>
    run(command, ['-B', join(FOLDER, program), ...args], options);
  const withPython = `with Python's cryptography ${cryptography}`;

  test(`${withPython} every vector comes out as it says`, async () => {
    const { code, stdout } = await python('check_vectors.py', [VECTORS]);
    assert.deepEqual([code, stdout.replace(/\d+/g, 'N')], [0, CHECKED.map((name) => `${name}: N checked\n`).join('')]);
  });

  test(`${withPython} a vector that says something else is found out`, async (t) => {
    const folder = join(temporaryFolder(t), 'vectors');
    mkdirSync(folder);
    for (const name of CHECKED) cpSync(join(VECTORS, name), join(folder, name));
    const alter = (name: string, from: string, to: string): void => {
      const text = JSON.stringify(JSON.parse(readFileSync(join(folder, name), 'utf8')));
      assert.ok(text.includes(from), `${name} has no ${from}`);
      writeFileSync(join(folder, name), text.replace(from, to));
    };
    alter('frames.json', '"fault":"r"', '"fault":"s"');
    alter('files.json', '"complete":true', '"complete":false');
    alter('chain.json', '"code":"forked"', '"code":"missing"');
    alter('joining-conversation.json', '"finding":"bad-signature"', '"finding":"unreadable"');
    alter('parts.json', '"entry":2,"entries":[1,2]', '"entry":1,"entries":[1,2]');
    alter('plain.json', '"text":"Are we still on for six?"', '"text":"Are we still on for seven?"');
    alter('places.json', '"place":"localhost/channels/1"', '"place":"127.0.0.1/channels/1"');
    alter('invites.json', '"code":"newer-invite"', '"code":"broken-invite"');
    const { code, stdout } = await python('check_vectors.py', [folder]);
    assert.equal(code, 1, stdout);
    assert.deepEqual(
      CHECKED.map((name) => stdout.match(new RegExp(`^${name}: (?!\\d+ checked)`, 'gm'))?.length),
      CHECKED.map(() => 1),
    );
  });

  test(`${withPython} a log on standard input`, async () => {
    const { code, stdout, stderr } = await python('conversation.py', ['--log', '-', '--json'], {
      input: JSON.stringify(vectors),
    });
    assert.equal(code, 0, stderr);
    assert.deepEqual(linesOf(stdout), expected());
  });

  test(`${withPython} what a reader wrote itself, and an invite: a view with the last entry held back`, async () => {
    const ada = vectors.messages.find(({ entry }) => entry === 27);
    assert.ok(ada && 't' in ada);
    const view = {
      ...vectors,
      entries: vectors.entries.filter(({ id }) => id <= 23),
      me: ada.from,
      made: [...vectors.messages, ada].flatMap((message) =>
        message.from === ada.from ? [{ ...message, entry: message.entry === 27 ? 22 : message.entry }] : [],
      ),
      invite: { from: ada.from, seen: { t: 'ab'.repeat(16), h: 'cd'.repeat(16) } },
    };
    const { code, stdout, stderr } = await python('conversation.py', ['--log', '-', '--json'], {
      input: JSON.stringify(view),
    });
    assert.equal(code, 0, stderr);
    const aside = stdout.split('\n').filter((line) => line.startsWith('{"entry": null'));
    assert.deepEqual(
      aside.map((line) => (JSON.parse(line) as Line).notices),
      [
        [{ code: 'missing', from: ada.from, why: 'own', n: 5, t: ada.t }],
        [{ code: 'missing', from: ada.from, why: 'seen', t: 'ab'.repeat(16) }],
      ],
    );
  });

  test(`${withPython} a private channel of a relay, by an invite link on standard input`, async (t) => {
    const relay = await startRelayProcess(t, join(temporaryFolder(t), 'data'));
    const { address, id, writeKey, readKey } = await createChannel(relay.url, { public_flag: 'false' });
    // numbers run on without a hole here, and parts need theirs
    const entries = vectors.entries.filter(({ id }) => id <= 23);
    const updates = entries.map(({ fields }) =>
      Object.fromEntries([['delta_t', 0], ...fields.map((text, at) => [`field${at + 1}`, text])]),
    );
    const answer = await fetch(`${relay.url}/channels/${id}/bulk_update.json`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ write_api_key: writeKey, updates }),
    });
    assert.equal(answer.status, 202, await answer.text());

    const input = `${inviteLink({ ...vectors, address, readKey })}\n`;
    const { code, stdout, stderr } = await python('conversation.py', ['--json'], { input });
    assert.equal(code, 0, stderr);
    assert.deepEqual(
      linesOf(stdout),
      expected().filter(({ entry }) => (entry ?? 0) <= 23),
    );

    const shown = await python('conversation.py', [], { input });
    assert.match(shown.stdout, /^ +3 {2}Ada \(BHtrOfdv\) {2}Are we still on for six\?\n {8}received by Bob/m);
    assert.match(shown.stdout, /^ {6}! forked: you and Cai \(mFLTtX1u\) were shown different histories/m);

    const wrong = await python('conversation.py', [address], { input: vectors.key });
    assert.deepEqual([wrong.code, wrong.stdout], [1, '']);
    assert.match(wrong.stderr, /^error: HTTP Error 400/);
  });

  test(`${withPython} a CSV file and a key: the conversation is the key's and the place's own`, async (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'notes.csv');
    const rows = vectors.entries.map(({ id, fields }) => ['2026-11-24 06:00:00 UTC', id, ...fields].join(','));
    const header = `created_at,entry_id,${Array.from({ length: 8 }, (_, at) => `field${at + 1}`).join(',')}`;
    writeFileSync(file, `${[header, ...rows].join('\n')}\n2026-11-24 06:00:01 UTC,28,half writt`);
    writeFileSync(join(folder, 'our.key'), `${vectors.key}\n`);

    const invited = await python('conversation.py', ['--json', file], {
      input: inviteLink({ ...vectors, address: 'file:notes.csv', readKey: null }),
    });
    assert.equal(invited.code, 0, invited.stderr);
    assert.deepEqual(linesOf(invited.stdout), expected());

    const elsewhere = await python('conversation.py', [file, '--json', '--key-file', join(folder, 'our.key')]);
    assert.equal(elsewhere.code, 0, elsewhere.stderr);
    const codes = elsewhere.stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { findings: string[] }).findings[0]);
    assert.deepEqual(codes, ['elsewhere', 'not-sealed', 'unsigned', 'unreadable', 'unreadable']);
  });

  const findingsIn = async (entries: Conversation['entries']): Promise<string[]> => {
    const { code, stdout, stderr } = await python('conversation.py', ['--log', '-', '--json'], {
      input: JSON.stringify({ ...vectors, entries }),
    });
    assert.equal(code, 0, stderr);
    return linesOf(stdout).map(({ entry, notices }) => [entry, ...notices.map(({ code }) => code)].join(' '));
  };

  test(`${withPython} a log without its first entry is not judged, but what is certain`, async () => {
    assert.deepEqual(await findingsIn(vectors.entries.filter(({ id }) => id > 12)), [
      '13 unreadable',
      '14 elsewhere',
      '15 unchecked',
      '16 bad-signature',
      '17 unchecked',
      '17 unchecked',
      '18 unchecked',
      '19 unchecked',
      '20 cloned',
      '21 unchecked',
      '22 unchecked',
      '23 unchecked',
      '27 unchecked',
    ]);
  });

  test(`${withPython} what has a token's shape is no text, whatever its time`, async () => {
    const of = (bytes: number): string => {
      const text = Buffer.alloc(bytes, 0x80).toString('base64url');
      return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
    };
    const entries = [of(73), of(72), of(73 + 16), of(73).replaceAll('=', '')].map((text, at) => ({
      id: at + 1,
      fields: [text],
    }));
    assert.deepEqual(await findingsIn(entries), ['1 unreadable', '2 not-sealed', '3 unreadable', '4 not-sealed']);
  });

  test(`${withPython} parts wait within bounds`, async () => {
    const part = (id: string, index: number, payload: string): string => `~${id.repeat(11)}.${index}.2~${payload}`;
    const log = [
      part('A', 1, 'a'.repeat((4 << 20) - 1)),
      part('A', 2, 'a'), // 4 MiB in all: the most
      part('B', 1, 'b'.repeat((4 << 20) - 1)),
      part('B', 2, 'ä'), // a byte more
      ...['C', 'D', 'E', 'F', 'G'].map((id) => part(id, 1, 'x'.repeat(3_500_000))),
      part('D', 2, 'd'),
      part('C', 2, 'c'), // forgotten when G came
    ];
    const entries = log.map((text, at) => ({ id: at + 1, fields: [text] }));
    assert.deepEqual(await findingsIn(entries), ['2 not-sealed', '10 not-sealed']);
  });

  test(`${withPython} what hostile text says is shown, not obeyed`, async () => {
    const fields = ['\u001b[2J\u202eevil\nforged line'];
    const { stdout } = await python('conversation.py', ['--log', '-'], {
      input: JSON.stringify({ ...vectors, entries: [{ id: 1, fields }] }),
    });
    assert.equal(
      stdout,
      '     1  \\x1b[2J\\u202eevil\n        forged line\n      · not-sealed: not sealed: anyone can read it\n',
    );
  });
}

function expected(): Line[] {
  return vectors.messages.map(({ entry, from, n, text, place, notices, finding }) => {
    return { entry, from, n, text, place, notices: finding === null ? notices : [{ code: finding, from: null }] };
  });
}

function linesOf(stdout: string): Line[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
    .map(({ entry, from, n, text, place, notices }) => ({ entry, from, n, text, place, notices }));
}

/** "Invites", written here from the document: an inviter who vouches for nothing. */
function inviteLink({
  conversationId,
  key,
  address,
  readKey,
}: Pick<Conversation, 'conversationId' | 'key'> & { address: string; readKey: string | null }): string {
  const text = (value: string): Buffer => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)]);
  const body = Buffer.concat([
    Buffer.from([1, 1, readKey === null ? 0 : 4]),
    Buffer.from(conversationId, 'hex'),
    Buffer.from(key, 'base64url'),
    Buffer.alloc(48, 7),
    text(address),
    ...(readKey === null ? [] : [text(readKey)]),
  ]);
  const checksum = createHash('sha256').update('fernspeak/invite/v1\0').update(body).digest().subarray(0, 4);
  return `fernspeak:${Buffer.concat([body, checksum]).toString('base64url')}`;
}
