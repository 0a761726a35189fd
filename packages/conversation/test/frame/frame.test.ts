import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Fernet } from '@fernspeak/fernet';
import fc from 'fast-check';
import { fromBase64url, fromHex, hex } from '../../src/bytes.ts';
import { readContent, writeContent, type FrameContent } from '../../src/frame/content.ts';
import { makeFrame, readFrames } from '../../src/frame/frame.ts';
import { paddedLength } from '../../src/frame/layout.ts';
import { deviceOf, newDeviceKey } from '../../src/identity/device.ts';
import { vectors } from '../support/vectors.ts';
import type { FrameVectors } from './vectors.ts';

const { frames, headers, lengths } = vectors('frames.json') as FrameVectors;
const ID = fromHex('000102030405060708090a0b0c0d0e0f');
const device = await deviceOf(await newDeviceKey());

/** As the vectors write it. */
function written(content: FrameContent): Record<string, unknown> {
  return content.kind === 'text' ? { ...content, body: hex(content.body) } : { ...content };
}

for (const { comment, conversationId, frame, counts, fault, ...expected } of frames) {
  test(`what counts: ${comment}`, async () => {
    const [read] = await readFrames([fromHex(frame)], fromHex(conversationId));
    assert.equal(read?.fault, fault);
    assert.equal(read?.frame !== null, counts);
    if (!read?.frame) return;
    const { from, content, ...others } = read.frame;
    const known = { ...others, from: hex(fromBase64url(from)!), content: written(content) };
    assert.deepEqual(known, expected);
  });
}

test('many at once are judged as each by itself, in order, across batches', async () => {
  const own = frames.filter(({ conversationId }) => conversationId === hex(ID));
  const many = [...own, ...own, ...own];
  const read = await readFrames(
    many.map(({ frame }) => fromHex(frame)),
    ID,
  );
  assert.deepEqual(
    read.map(({ fault }) => fault),
    many.map(({ fault }) => fault),
  );
});

for (const { comment, header, body, content } of headers) {
  test(`header: ${comment}`, () => assert.deepEqual(written(readContent(fromHex(header), fromHex(body))), content));
}

test('lengths are padded as the vectors say', () => {
  for (const [length, padded] of lengths) assert.equal(paddedLength(length), padded, String(length));
});

test('padding only grows, by at most an eighth beyond the floor', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 32 }), (length) => {
      const padded = paddedLength(length);
      assert.ok(padded >= length && padded <= Math.max(384, length * 1.125) && paddedLength(padded) === padded);
    }),
  );
});

const content: fc.Arbitrary<Exclude<FrameContent, { kind: 'newer' }>> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('text' as const),
      at: fc.nat(),
      body: fc.uint8Array({ maxLength: 2000 }),
      title: fc.string({ unit: 'grapheme' }),
      priority: fc.oneof(fc.string(), fc.integer()),
    },
    { requiredKeys: ['kind', 'at', 'body'] },
  ),
  fc.record({ kind: fc.constant('hello' as const), at: fc.nat(), name: fc.string({ unit: 'grapheme' }) }),
  fc.record({ kind: fc.constant('ack' as const), at: fc.nat() }),
);
const hash = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(hex);

test('what is framed is read again; with any bit changed, or elsewhere, it does not count', async () => {
  const property = fc.asyncProperty(
    content,
    fc.option(fc.record({ t: hash, h: hash }, { noNullPrototype: true })),
    fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    fc.nat(),
    async (content, seen, n, at) => {
      const { frame, t } = await makeFrame({ device, conversationId: ID, n, seen, content });
      const altered = frame.slice();
      altered[at % frame.length]! ^= 1 << (at % 8);
      const [read, other] = await readFrames([frame, altered], ID);
      assert.deepEqual(read?.frame && { ...read.frame, content: written(read.frame.content) }, {
        t,
        from: device.id,
        n,
        seen,
        content: written(content),
      });
      assert.equal(other?.frame, null);
      const [elsewhere] = await readFrames(
        [frame],
        ID.map((byte) => byte ^ 1),
      );
      assert.equal(elsewhere?.fault, 'signature');
    },
  );
  await fc.assert(property);
});

test('junk never throws, and never counts', async () => {
  const junk = fc.oneof(
    fc.uint8Array({ maxLength: 500 }),
    fc.uint8Array({ minLength: 145, maxLength: 500 }).map((bytes) => {
      bytes.set([0, 1]);
      bytes.fill(0, 139, 145);
      return bytes;
    }),
  );
  const property = fc.asyncProperty(fc.array(junk), async (all) => {
    for (const { frame, fault } of await readFrames(all, ID)) assert.ok(frame === null && fault !== null);
  });
  await fc.assert(property);
});

test('texts of 0 to 200 bytes and acknowledgements all make a token of 612 characters', async () => {
  const fernet = new Fernet(Fernet.generateKey());
  const seen = { t: 'ab'.repeat(16), h: 'cd'.repeat(16) };
  const at = Date.UTC(2026, 10, 24);
  const contents: Parameters<typeof makeFrame>[0]['content'][] = [{ kind: 'ack', at }];
  for (let length = 0; length <= 200; length++)
    contents.push({ kind: 'text', at, body: new Uint8Array(length).fill(97) });
  for (const content of contents) {
    const { frame } = await makeFrame({ device, conversationId: ID, n: 12_345, seen, content });
    assert.equal(fernet.encryptAtTime(frame, 0).length, 612);
  }
});

test("what no frame can hold is the caller's mistake", async () => {
  const options = { device, conversationId: ID, n: 1, seen: null, content: { kind: 'ack', at: 1 } } as const;
  for (const n of [0, -1, 1.5, 2 ** 53]) await assert.rejects(makeFrame({ ...options, n }), RangeError);
  for (const at of [-1, 0.5, Number.NaN, 8.64e15 + 1]) {
    await assert.rejects(makeFrame({ ...options, content: { kind: 'ack', at } }), TypeError);
  }
  const lone = { kind: 'hello', at: 1, name: '\ud800' } as const;
  assert.throws(() => writeContent(lone), TypeError);
  const long = { kind: 'hello', at: 1, name: 'a'.repeat(70_000) } as const;
  await assert.rejects(makeFrame({ ...options, content: long }), RangeError);
});
