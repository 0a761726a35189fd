import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { relayInProcess, type InProcessRelay, type Reply, type TestChannel } from './support/in-process.ts';

const relay = await relayInProcess();
const { get, request, channel, update } = relay;

/** The entry numbers and `last_entry_id` of an answer. */
function read({ text }: Reply): { ids: number[]; last: number | null } {
  const { channel, feeds } = JSON.parse(text) as {
    channel: { last_entry_id: number | null };
    feeds: { entry_id: number }[];
  };
  return { ids: feeds.map((entry) => entry.entry_id), last: channel.last_entry_id };
}

/** A poll that waits: resolved as soon as the relay answers, and certain to be waiting when it is returned. */
async function waiting(
  relay: InProcessRelay,
  { id }: TestChannel,
  after: number,
  query = '',
): Promise<Promise<Reply>[]> {
  const watched = Promise.withResolvers<void>();
  const { watch } = relay.store;
  relay.store.watch = (channel, wake) => {
    watched.resolve();
    return watch.call(relay.store, channel, wake);
  };
  const poll = relay.get(`/channels/${id}/feeds.json?after=${after}&wait=50${query}`);
  await watched.promise;
  relay.store.watch = watch;
  return [poll];
}

async function withEntries(count: number): Promise<TestChannel> {
  const made = await channel();
  for (let entry = 1; entry <= count; entry++) await update(made, { field1: String(entry) });
  return made;
}

describe('after=ENTRY', () => {
  test('gives what follows, oldest first, whatever its times', async () => {
    const made = await channel();
    for (const year of ['2026', '2025', '2024']) await update(made, { field1: 'a', created_at: `${year}-01-01` });
    assert.deepEqual(read(await get(`/channels/${made.id}/feeds.json?after=0`)), { ids: [1, 2, 3], last: 3 });
    assert.deepEqual(read(await get(`/channels/${made.id}/feeds.json?after=1&results=1`)), { ids: [2], last: 3 });
    assert.match(
      (await get(`/channels/${made.id}/fields/1.csv?after=2`)).text,
      /^created_at,entry_id,field1\n2024.*,3,a\n$/,
    );
  });

  test('does not wait unless asked to', async () => {
    const { id } = await withEntries(1);
    assert.deepEqual(read(await get(`/channels/${id}/feeds.json?after=1`)), { ids: [], last: 1 });
  });

  test('takes nothing but a number', async () => {
    const { id } = await channel();
    for (const query of [
      'after=-1',
      'after=1e3',
      'after=x',
      'after=1&wait=x',
      'after=1&wait=-1',
      'after=1&min=5',
      'after=1&days=1',
      `after=${'9'.repeat(20)}`,
    ]) {
      assert.equal((await get(`/channels/${id}/feeds.json?${query}`)).status, 400, query);
    }
  });

  test('ends after so many bytes and goes on with the next question', async () => {
    const made = await channel();
    const json = {
      write_api_key: made.write,
      updates: Array.from({ length: 100 }, () => ({ field1: 'x'.repeat(65_000) })),
    };
    for (let call = 0; call < 2; call++) await request('POST', `/channels/${made.id}/bulk_update.json`, { json });
    const first = read(await get(`/channels/${made.id}/feeds.json?after=0`));
    assert.ok(first.ids.length > 100 && first.ids.length < 200);
    const rest = read(await get(`/channels/${made.id}/feeds.json?after=${first.ids.length}`));
    assert.deepEqual(
      [...first.ids, ...rest.ids],
      Array.from({ length: 200 }, (_, index) => index + 1),
    );
  });
});

describe('after=ENTRY&wait=SECONDS', () => {
  test('answers at once when there is something', async () => {
    const { id } = await withEntries(2);
    assert.deepEqual(read(await get(`/channels/${id}/feeds.json?after=1&wait=50`)), { ids: [2], last: 2 });
  });

  test('waits for an entry and answers with it', async () => {
    const made = await withEntries(1);
    const [poll] = await waiting(relay, made, 1);
    await update(made, { field1: 'new' });
    assert.deepEqual(read((await poll) as Reply), { ids: [2], last: 2 });
  });

  test('waits in an empty channel from the beginning', async () => {
    const made = await channel();
    const [poll] = await waiting(relay, made, 0);
    await update(made, { field1: 'first' });
    assert.deepEqual(read((await poll) as Reply), { ids: [1], last: 1 });
  });

  test('wakes every reader of the channel, and a bulk update wakes them, too', async () => {
    const made = await channel();
    const polls = [...(await waiting(relay, made, 0)), ...(await waiting(relay, made, 0))];
    const json = { write_api_key: made.write, updates: [{ field1: 'a' }, { field1: 'b' }] };
    await request('POST', `/channels/${made.id}/bulk_update.json`, { json });
    for (const poll of polls) assert.deepEqual(read(await poll), { ids: [1, 2], last: 2 });
  });

  test('is over after that time, without entries', async () => {
    const { id } = await withEntries(1);
    assert.deepEqual(read(await get(`/channels/${id}/feeds.json?after=1&wait=0.05`)), { ids: [], last: 1 });
  });

  test('an entry of another channel or a change of settings does not end it', async () => {
    const made = await withEntries(1);
    const [poll] = await waiting(relay, made, 1);
    await update(await channel(), { field1: 'elsewhere' });
    await request('PUT', `/channels/${made.id}.json`, { form: { name: 'renamed' } });
    await update(made, { field1: 'here' });
    assert.deepEqual(read((await poll) as Reply), { ids: [2], last: 2 });
  });

  test('ends when its reader goes away', async () => {
    const { id } = await withEntries(1);
    const controller = new AbortController();
    const poll = request('GET', `/channels/${id}/feeds.json?after=1&wait=50`, { gone: controller.signal });
    controller.abort();
    assert.deepEqual(read(await poll), { ids: [], last: 1 });
  });

  test('needs a key of a private channel before and after waiting', async () => {
    const made = await channel();
    const [poll] = await waiting(relay, made, 0);
    await request('PUT', `/channels/${made.id}.json`, { form: { public_flag: 'false' } });
    await update(made, { field1: 'secret' });
    const reply = (await poll) as Reply;
    assert.deepEqual([reply.status, reply.text], [400, '-1']);
  });
});

describe('a reader who waits while the log goes back', () => {
  test('is told at once when the channel is cleared', async () => {
    const made = await withEntries(3);
    const [poll] = await waiting(relay, made, 3);
    await request('DELETE', `/channels/${made.id}/feeds.json`);
    assert.deepEqual(read((await poll) as Reply), { ids: [], last: null });
  });

  test('is told at once when it comes with a number that is gone', async () => {
    const made = await withEntries(3);
    await request('DELETE', `/channels/${made.id}/feeds.json`);
    await update(made, { field1: 'anew' });
    assert.deepEqual(read(await get(`/channels/${made.id}/feeds.json?after=3&wait=50`)), { ids: [], last: 1 });
  });

  test('is told also when it was filled again to the same number in one moment', async () => {
    const made = await withEntries(2);
    const [poll] = await waiting(relay, made, 2);
    const clearing = request('DELETE', `/channels/${made.id}/feeds.json`);
    await clearing;
    const json = { write_api_key: made.write, updates: [{ field1: 'x' }, { field1: 'y' }] };
    await request('POST', `/channels/${made.id}/bulk_update.json`, { json });
    assert.deepEqual(read((await poll) as Reply).ids, []);
  });

  test('gets 404 when the channel is deleted', async () => {
    const made = await channel();
    const [poll] = await waiting(relay, made, 0);
    await request('DELETE', `/channels/${made.id}.json`);
    assert.equal(((await poll) as Reply).status, 404);
  });
});

test('a relay that stops answers who waits at once, without entries', async () => {
  const stopping = await relayInProcess();
  const made = await stopping.channel();
  const [poll] = await waiting(stopping, made, 0);
  stopping.stop.abort();
  assert.deepEqual(read((await poll) as Reply), { ids: [], last: null });
});
