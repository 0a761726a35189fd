import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { MemoryChannel } from '@fernspeak/channel';
import { isComplete, type FileSource, type FramedConversation, type KnownFile } from '../../src/index.ts';
import { member, receive, shared } from '../support/members.ts';

const CHUNK = 256 * 1024 - 512;
/** As ThingSpeak's. */
const SLOW = { fieldBytes: 255, entryBytes: 3000, bulkEntries: 960, minIntervalMs: 15_000 };

function bytesOf(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

function sourceOf(bytes: Uint8Array, name = 'photo.jpg'): FileSource {
  const read = (from: number, length: number): Promise<Uint8Array> =>
    Promise.resolve(bytes.subarray(from, from + length));
  return { name, type: 'image/jpeg', size: bytes.length, read };
}

async function pair(channel = new MemoryChannel()): Promise<{
  readonly channel: MemoryChannel;
  readonly ada: FramedConversation;
  readonly bob: FramedConversation;
}> {
  const about = shared();
  const ada = await member({ about: { ...about, me: 'Ada' }, channel, number: 0 });
  const bob = await member({ about: { ...about, me: 'Bob' }, channel, number: 1 });
  return { channel, ada, bob };
}

async function whole(reader: FramedConversation, file: KnownFile | undefined): Promise<Uint8Array> {
  assert.ok(file);
  const pieces: Uint8Array[] = [];
  for await (const { bytes } of reader.readFile(file)) pieces.push(bytes);
  return Buffer.concat(pieces);
}

test('a file arrives whole, whatever its length, and stands in the history once', async () => {
  const { ada, bob } = await pair();
  for (const size of [0, 1, 1000, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 17]) {
    const bytes = bytesOf(size);
    const told: number[] = [];
    const sent = await ada.sendFile(sourceOf(bytes, `${size}.bin`), { onSent: (done) => told.push(done) });
    assert.equal(sent.sha256, createHash('sha256').update(bytes).digest('base64url'));
    assert.equal(told.at(-1) ?? 0, size);
    const messages = [];
    const unread = bob.unread();
    for await (const message of unread) messages.push(message);
    await unread.commit();
    assert.deepEqual(
      messages.map(({ kind, file, findings }) => [kind, file && 'name' in file && file.name, findings]),
      [['file', `${size}.bin`, []]],
    );
    const file = (await bob.files()).at(-1);
    assert.ok(file && isComplete(file));
    assert.deepEqual([file.offer.size, file.offer.type, file.end?.sha256], [size, 'image/jpeg', sent.sha256]);
    assert.ok(Buffer.from(bytes).equals(await whole(bob, file)));
  }
  assert.equal((await bob.history({ last: 3 })).length, 3);
  assert.deepEqual(await bob.findings(), []);
});

test('what is sent meanwhile is not held up, and the file is whole all the same', async () => {
  const { ada, bob } = await pair();
  const bytes = bytesOf(4 * CHUNK);
  const texts: Promise<unknown>[] = [];
  await ada.sendFile(sourceOf(bytes), {
    onSent: (done) => void texts.push(ada.send({ text: `${done}` }), bob.send({ text: 'and I' })),
  });
  await Promise.all(texts);
  assert.equal((await receive(bob)).length, 1 + texts.length);
  assert.ok(Buffer.from(bytes).equals(await whole(bob, (await bob.files())[0])));
  assert.deepEqual(await bob.findings(), []);
});

test('a sending that was broken off goes on; nothing is sent twice', async () => {
  const { ada, bob, channel } = await pair();
  const bytes = bytesOf(5 * CHUNK);
  const stop = new AbortController();
  const broken = ada.sendFile(sourceOf(bytes), {
    signal: stop.signal,
    onSent: (done) => done >= 2 * CHUNK && stop.abort(),
  });
  await assert.rejects(broken, { name: 'AbortError' });
  await receive(bob);
  const [begun] = await bob.files();
  assert.ok(begun && !isComplete(begun));
  await assert.rejects(whole(bob, begun), { code: 'file-incomplete' });

  const sent = await ada.sendFile(sourceOf(bytes));
  assert.ok(sent.resumedFrom >= 2 * CHUNK && sent.resumedFrom < bytes.length);
  await receive(bob);
  const files = await bob.files();
  assert.equal(files.length, 1);
  assert.ok(Buffer.from(bytes).equals(await whole(bob, files[0])));
  assert.equal((await channel.info()).lastEntryId, 1 + (files[0]?.offer.chunks ?? 0) + 1);
});

test('a file that changed since is another file; one that becomes shorter is told', async () => {
  const { ada, bob } = await pair();
  const bytes = bytesOf(3 * CHUNK);
  const stop = new AbortController();
  const broken = ada.sendFile(sourceOf(bytes), { signal: stop.signal, onSent: () => stop.abort() });
  await assert.rejects(broken, { name: 'AbortError' });
  bytes[5] = (bytes[5] ?? 0) ^ 1;
  const sent = await ada.sendFile(sourceOf(bytes));
  assert.equal(sent.resumedFrom, 0);
  await receive(bob);
  assert.deepEqual((await bob.files()).map(isComplete), [false, true]);
  const short = { ...sourceOf(bytes, 'log'), size: bytes.length + 1 };
  await assert.rejects(ada.sendFile(short), { code: 'file-changed' });
});

test('a slow channel refuses a long file, with how long it would take, and takes a short one', async () => {
  const { ada, channel } = await pair(new MemoryChannel({ limits: SLOW }));
  await assert.rejects(ada.sendFile(sourceOf(bytesOf(10 * 2 ** 20), 'film.mp4')), {
    code: 'refused',
    message: /^film\.mp4 would take about 11 minutes on this channel/,
  });
  assert.equal((await channel.info()).lastEntryId, 0);
});

test('chunks that the channel does not give any more are told', async () => {
  const { ada, bob, channel } = await pair();
  await ada.sendFile(sourceOf(bytesOf(2 * CHUNK)));
  await receive(bob);
  const [file] = await bob.files();
  channel.clear();
  await assert.rejects(whole(bob, file), { code: 'file-gone' });
});
