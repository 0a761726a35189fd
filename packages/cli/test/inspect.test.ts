import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { Linking, viewEntry } from '@fernspeak/channel/outside';
import { Fernet } from '@fernspeak/fernet';
import { duration, InspectText } from '../src/inspect/text.ts';
import { beside, fitBeside, openedLines, rightWidth } from '../src/inspect/two-views.ts';
import { widthOf } from '../src/chat/width.ts';
import { styleFor } from '../src/terminal/style.ts';

const fernet = new Fernet(Fernet.generateKey());

function entry(id: number, fields: (string | null)[], createdAt = '2026-11-24T06:00:00Z') {
  return { id, createdAt, fields };
}

test('a token is taken apart to the byte', () => {
  const token = fernet.encrypt('x'.repeat(24));
  const bytes = Buffer.from(token, 'base64url');
  const [field] = viewEntry(entry(1, [token])).fields;
  assert.equal(field?.characters, 120);
  assert.deepEqual(field?.content, {
    kind: 'token',
    wrapped: false,
    bytes: 89,
    version: '80',
    sealedAt: `${new Date(Number(bytes.readBigUInt64BE(1)) * 1000).toISOString().slice(0, 19)}Z`,
    iv: bytes.subarray(9, 25).toString('hex'),
    ciphertextBytes: 32,
    messageBytes: [16, 31],
    hmac: bytes.subarray(57).toString('hex'),
  });
});

for (const length of [0, 15, 16, 31, 1000]) {
  test(`the range of sizes holds the true one: ${length} bytes`, () => {
    const content = viewEntry(entry(1, [fernet.encrypt('x'.repeat(length))])).fields[0]?.content;
    assert.ok(content?.kind === 'token' && content.messageBytes[0] <= length && length <= content.messageBytes[1]);
  });
}

test('the wrapping of the article is seen through', () => {
  const content = viewEntry(entry(1, [`b'${fernet.encrypt('x')}'`])).fields[0]?.content;
  assert.ok(content?.kind === 'token' && content.wrapped);
});

test('a readable field makes an entry not sealed', () => {
  const view = viewEntry(entry(1, [fernet.encrypt('x'), null, '22.5']));
  assert.equal(view.sealed, false);
  assert.deepEqual(view.fields[1], { field: 3, characters: 4, content: { kind: 'readable', text: '22.5' } });
});

test('what stands beside the fields makes an entry not sealed, unless it is a token', () => {
  const token = fernet.encrypt('x');
  const sealed = entry(1, [token]);
  const view = viewEntry({ ...sealed, extras: [{ name: 'status', text: 'at home' }] });
  assert.equal(view.sealed, false);
  assert.deepEqual(view.extras, [{ name: 'status', characters: 7, content: { kind: 'readable', text: 'at home' } }]);
  assert.equal(viewEntry({ ...sealed, extras: [{ name: 'copy', text: token }] }).sealed, true);
});

test('a part with something else in it is not sealed', () => {
  const view = viewEntry(entry(1, ['~AAAAAAAAAAA.1.2~hello world']));
  assert.equal(view.sealed, false);
  assert.equal(view.part?.text, 'hello world');
});

test('a token from the end of time does not break the view', () => {
  const token = fernet.encrypt('x');
  const late = Buffer.from(token, 'base64url').fill(0xff, 1, 9).toString('base64url').padEnd(token.length, '=');
  const content = viewEntry(entry(1, [late])).fields[0]?.content;
  assert.ok(content?.kind === 'token');
  assert.match(content.sealedAt ?? '', /^second \d+ since 1970$/);
});

test('entries of one size are linked', () => {
  const linking = new Linking();
  const views = [1, 2, 3].map((id) => viewEntry(entry(id, [fernet.encrypt('same size')])));
  const links = views.map((view) => linking.next(view).sameSize);
  assert.deepEqual(links, [[], [1], [1, 2]]);
  assert.equal(linking.sizes, 1);
});

function rhythmOf(seconds: number[]): number | null {
  const linking = new Linking();
  for (const [at, second] of seconds.entries()) {
    linking.next(viewEntry(entry(at + 1, [], new Date(second * 1000).toISOString())));
  }
  return linking.rhythm;
}

test('a steady rhythm is told, what people do is not', () => {
  assert.equal(rhythmOf([0, 60, 120, 181, 240, 300]), 60);
  assert.equal(rhythmOf([0, 60, 200, 207, 900, 905]), null);
  assert.equal(rhythmOf([0, 60, 120]), null);
});

test('durations are short', () => {
  assert.deepEqual([0, 14, 302, 11_400, 187_200].map(duration), ['0 s', '14 s', '5 min 2 s', '3 h 10 min', '2 d 4 h']);
});

test('side by side, each view stays in its column', () => {
  const style = styleFor({ isTTY: true }, 'always', {});
  const view = new InspectText(style, [], false).entry({
    view: viewEntry(entry(1, [fernet.encrypt('x'), null, '22.5'])),
    links: new Linking().next(viewEntry(entry(1, []))),
    joined: null,
  });
  const opened = {
    kind: 'text',
    sender: { key: 'k'.repeat(43), name: 'Ada', shown: 'Ada', verified: false },
    n: 1,
    seen: null,
    sentAt: null,
    title: null,
    bytes: 9,
    text: `${'wide 漢字 '.repeat(20)}\n> size 12 characters\u001b[2J`,
    findings: [{ code: 'missing', sentence: 'A message from Ada (number 4) never reached you.' } as const],
  };
  const columns = 130;
  const rows = beside(view, openedLines([opened], { style, width: rightWidth(columns) }))
    .split('\n')
    .map((row) => stripVTControlCharacters(row))
    .filter((row) => row !== '');
  assert.ok(rows.length > 10);
  for (const row of rows) assert.ok(widthOf(row) < columns, row);
  const right = rows.filter((row) => row.includes('│')).map((row) => row.slice(0, row.indexOf('│')).length);
  assert.deepEqual(new Set(right), new Set([73]));
  assert.ok(rows.some((row) => row.includes('│            > size 12 characters␛[2J')));
  assert.ok(rows.some((row) => row.includes('│ !          A message from Ada (number 4) never')));
});

test('a narrow terminal has one view below the other', () => {
  assert.deepEqual([80, 116, 117, 200].map(fitBeside), [false, false, true, true]);
});
