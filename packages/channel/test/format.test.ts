import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { Fields } from '@fernspeak/channel/format';
import {
  csvRow,
  csvTime,
  isSealedEntry,
  isToken,
  isoSeconds,
  partMarker,
  quoteCell,
  readPart,
  readToken,
  splitRow,
  splitRows,
  unwrapBytesLiteral,
} from '@fernspeak/channel/format';

/** The example of the Fernet specification. */
const TOKEN = 'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==';

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

const anyToken = fc
  .record({ body: fc.uint8Array({ minLength: 56, maxLength: 56 }), blocks: fc.integer({ min: 1, max: 12 }) })
  .map(({ body, blocks }) => base64url(new Uint8Array([0x80, ...body, ...new Uint8Array(blocks * 16).fill(7)])));

describe('a token', () => {
  it('shows its version, time, IV, ciphertext length and HMAC to anyone', () => {
    const token = readToken(TOKEN);
    assert.equal(token?.version, 0x80);
    assert.equal(token.sealedAt, 499162800);
    assert.deepEqual(
      token.iv,
      Uint8Array.from({ length: 16 }, (_, index) => index),
    );
    assert.equal(token.ciphertextBytes, 16);
    assert.equal(base64url(token.hmac), 'xf-QlfXTj5q4blVD4CaG8Ds-yXG5q0euI1ZqVOCMKgw=');
  });

  it('of any length is one', () => {
    fc.assert(
      fc.property(
        anyToken,
        (token) => isToken(token) && readToken(token)?.ciphertextBytes === Buffer.from(token, 'base64url').length - 57,
      ),
    );
  });

  it('has one spelling only', () => {
    // its last character holds four bits that belong to no byte
    assert.equal(TOKEN.at(-3), 'A');
    for (const other of [
      TOKEN.replace('==', ''),
      TOKEN.replace('==', '='),
      `${TOKEN}=`,
      `${TOKEN} `,
      `\n${TOKEN}`,
      TOKEN.replace('_', '/'),
      TOKEN.replace('A==', 'B=='),
      TOKEN.replace('gAAA', 'hAAA'),
      TOKEN.replace('gAAA', 'gQAA'),
      TOKEN.slice(4),
      TOKEN.slice(0, 96),
      '',
      'g',
      'hello',
    ]) {
      assert.equal(isToken(other), false, other);
      assert.equal(readToken(other), null);
    }
  });

  it("is unwrapped from Python's b'…' and from nothing else", () => {
    assert.equal(unwrapBytesLiteral(`b'${TOKEN}'`), TOKEN);
    assert.equal(unwrapBytesLiteral(`b"${TOKEN}"`), TOKEN);
    for (const text of [TOKEN, `b'${TOKEN}`, `b'${TOKEN}"`, `'${TOKEN}'`, "b''", "b'", 'b', '', `B'${TOKEN}'`]) {
      assert.equal(unwrapBytesLiteral(text), text);
    }
  });
});

describe('a part', () => {
  it('is what its marker says', () => {
    const part = { id: 'abcdefghi-_', index: 12, count: 1024, payload: 'gAAA1234' };
    assert.equal(partMarker(part), '~abcdefghi-_.12.1024~');
    assert.deepEqual(readPart(['~abcdefghi-_.12.1024~gA', 'AA', null, '', '1234']), part);
    assert.equal(readPart([TOKEN]), null);
    assert.equal(readPart([null, '~abcdefghi-_.1.2~gA']), null);
    assert.equal(readPart([]), null);
  });
});

describe('an entry is sealed', () => {
  const sealed: Fields[] = [
    [TOKEN],
    [`b'${TOKEN}'`],
    [null, TOKEN, '', `b"${TOKEN}"`],
    [`~AAAAAAAAAAA.1.1~${TOKEN}`],
    [`~AAAAAAAAAAA.1.1~${TOKEN.slice(0, 20)}`, TOKEN.slice(20)],
    [`~AAAAAAAAAAA.1.3~${TOKEN.slice(0, 20)}`],
    [`~AAAAAAAAAAA.2.3~${TOKEN.slice(20, 40)}`, TOKEN.slice(40, 60)],
    [`~AAAAAAAAAAA.3.3~${TOKEN.slice(60)}`],
    ['~AAAAAAAAAAA.2.3~abcd='],
    ['~AAAAAAAAAAA.3.3~='],
    [`~AAAAAAAAAAA.1.2~b'${TOKEN.slice(0, 20)}`],
    [`~AAAAAAAAAAA.2.2~${TOKEN.slice(20)}'`],
  ];
  const open: Fields[] = [
    [],
    [null, ''],
    ['21.5'],
    [TOKEN, '21.5'],
    [`${TOKEN} `],
    ['~AAAAAAAAAAA.1.1~hello'],
    ['~AAAAAAAAAAA.1.2~hello'],
    ['~AAAAAAAAAAA.2.2~two words'],
    ['~AAAAAAAAAAA.2.3~abcd', null, 'a b'],
    ['~AAAAAAAAAAA.2.2~'],
    ['~AAAAAAAAAAA.2.4~='],
    ['~AAAAAAAAAAA.2.4~abcd='],
    ["~AAAAAAAAAAA.2.3~b'abcd"],
    ['~AAAAAAAAAAA.3.2~abcd'],
  ];
  for (const fields of sealed)
    it(`with ${JSON.stringify(fields).slice(0, 60)}`, () => assert.equal(isSealedEntry(fields), true));
  for (const fields of open)
    it(`not with ${JSON.stringify(fields).slice(0, 60)}`, () => assert.equal(isSealedEntry(fields), false));
});

describe('CSV', () => {
  it("quotes as ThingSpeak's does", () => {
    assert.equal(quoteCell(null), '');
    assert.equal(quoteCell(''), '""');
    assert.equal(quoteCell('plain'), 'plain');
    assert.equal(quoteCell('a,b'), '"a,b"');
    assert.equal(quoteCell('say "hi"'), '"say ""hi"""');
    assert.equal(quoteCell('two\nlines'), '"two\nlines"');
    assert.equal(quoteCell('\r'), '"\r"');
    assert.equal(quoteCell("b'gAAAA=='"), "b'gAAAA=='");
    assert.equal(csvRow(['2026-11-24 06:00:00 UTC', '1', null, '']), '2026-11-24 06:00:00 UTC,1,,""');
  });

  it('gives back any cells', () => {
    const cell = fc.oneof(
      fc.constant(null),
      fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', ' ', '🌱') }),
    );
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 8 }), { minLength: 1 }), (rows) => {
        const written = rows.map(csvRow);
        assert.deepEqual(written.map(splitRow), rows);
        assert.deepEqual(splitRows(written.map((row) => `${row}\n`).join('')), written);
      }),
    );
  });

  it('reads what others write', () => {
    assert.deepEqual(splitRows('a,b\r\n"c\r\nd",e\r\nlast'), ['a,b', '"c\r\nd",e', 'last']);
    assert.deepEqual(splitRow('"a"b,c'), ['ab', 'c']);
    assert.deepEqual(splitRow('"never closed, ""x'), ['never closed, "x']);
    assert.deepEqual(splitRow('"a",'), ['a', null]);
    assert.deepEqual(splitRow(''), [null]);
  });

  it('writes a time in its own way', () => {
    assert.equal(isoSeconds(new Date('2026-11-24T06:00:00.999Z')), '2026-11-24T06:00:00Z');
    assert.equal(csvTime('2026-11-24T06:00:00Z'), '2026-11-24 06:00:00 UTC');
  });
});
