import { strict as assert } from 'node:assert';
import { test, type TestContext } from 'node:test';
import { isConversationError, type Store } from '../src/index.ts';
import type { Changes, News } from '../src/framed/journal.ts';
import { queueOf } from '../src/framed/journal.ts';

const ADDRESS = 'http://127.0.0.1:8130/channels/1';

/** What is asked of every store; `open` gives a new empty one, and another view of the same. */
export function storeBehaviour(name: string, open: (t: TestContext) => [Store, Store] | Promise<[Store, Store]>): void {
  const behaves = (what: string, check: (one: Store, other: Store) => Promise<void>): void => {
    test(`${name}: ${what}`, async (t) => check(...(await open(t))));
  };

  behaves('what one accepted the other sees, first in, first out', async (one, other) => {
    const first = await one.accept(ADDRESS, { sealed: 'first', attendedUntil: 7 });
    const second = await other.accept(ADDRESS, { sealed: 'second', attendedUntil: 0, draft: true });
    await one.accept('elsewhere', { sealed: 'third', attendedUntil: 0 });
    assert.ok(second > first, 'numbers only grow');
    await one.attempt(first, { after: 3, partId: 'AAAAAAAAAAA', spoilt: 0 });
    assert.deepEqual(await other.head(ADDRESS), {
      ...(await one.item(first)),
      sealed: 'first',
      draft: false,
      attendedUntil: 7,
      attempt: { after: 3, partId: 'AAAAAAAAAAA', spoilt: 0 },
      outcome: null,
    });
    await other.settle(first, { status: 'stored', entries: [4] });
    assert.deepEqual((await one.item(first))?.outcome, { status: 'stored', entries: [4] });
    assert.equal((await one.head(ADDRESS))?.sealed, 'second');
    assert.equal((await one.head(ADDRESS))?.draft, true);
    await one.remove(first);
    assert.deepEqual(
      (await other.items(ADDRESS)).map(({ sealed }) => sealed),
      ['second'],
    );
  });

  behaves('a checkpoint is replaced only by one who has read it', async (one, other) => {
    assert.equal(await one.checkpoint(ADDRESS), null);
    const first = { version: 0, cursor: { entry: 1, hash: 'h' }, joining: { windows: [] }, holes: [], received: 1 };
    assert.ok(await one.saveCheckpoint(ADDRESS, first));
    assert.equal(await other.saveCheckpoint(ADDRESS, first), false);
    assert.deepEqual(await other.checkpoint(ADDRESS), { ...first, version: 1 });
    assert.ok(await other.saveCheckpoint(ADDRESS, { ...first, version: 1, received: 2 }));
    assert.equal((await one.checkpoint(ADDRESS))?.received, 2);
  });

  behaves('one holder at a time has a lock', async (one, other) => {
    const lock = await one.lock(ADDRESS);
    assert.ok(lock);
    assert.equal(await other.lock(ADDRESS), null);
    (await other.lock('elsewhere'))?.release();
    lock.release();
    const next = await other.lock(ADDRESS);
    assert.ok(next);
    next.release();
  });

  const save = async (store: Store, id: number, changes: Changes): Promise<News> => {
    const { result } = await store.update(id, null, (news) => ({ changes, result: news }));
    return result;
  };

  behaves('a conversation is made once, described anew, forgotten with all that belongs to it', async (one, other) => {
    const id = await one.create('identity', 'about');
    assert.equal(await other.create('identity', 'another'), id);
    const next = await other.create('another', 'next');
    assert.deepEqual(await one.conversations(), [
      { id, about: 'about' },
      { id: next, about: 'next' },
    ]);
    await one.describe(id, 'described');
    await save(one, id, { made: ['made'], shown: [{ text: 'shown', loud: true }] });
    await one.accept(queueOf(id), { sealed: 'waits', attendedUntil: 0, draft: true });
    assert.equal((await other.conversations())[0]?.about, 'described');
    await other.forget(id, []);
    assert.deepEqual(await one.conversations(), [{ id: next, about: 'next' }]);
    assert.deepEqual(await one.items(queueOf(id)), []);
    await assert.rejects(one.load(id, null), (error) => isConversationError(error, 'forgotten'));
    await assert.rejects(save(one, id, {}), (error) => isConversationError(error, 'forgotten'));
    const again = await one.create('identity', 'again');
    assert.notEqual(again, id);
    assert.deepEqual((await one.load(again, null)).entries, []);
  });

  behaves('what is remembered of a forgotten conversation is there when it is made again', async (one, other) => {
    const id = await one.create('identity', 'about');
    await save(one, id, { made: ['made'], read: ['read'], checkpoint: 'c', shown: [{ text: 'shown', loud: false }] });
    const { now } = await other.load(id, null);
    await one.forget(id, ['remembered']);
    assert.deepEqual(await other.conversations(), []);
    await assert.rejects(other.load(id, now), (error) => isConversationError(error, 'forgotten'));
    await one.describe(id, 'still forgotten');
    assert.deepEqual(await other.conversations(), []);
    assert.equal(await other.create('identity', 'again'), id);
    const { anew, entries, checkpoint } = await one.load(id, now);
    assert.deepEqual([anew, entries, checkpoint], [true, ['remembered'], null]);
    assert.deepEqual(await one.shown(id, { after: 0, limit: 9 }), []);
    assert.equal((await one.conversations())[0]?.about, 'again');
  });

  behaves('each is told what the others saved since, and only that', async (one, other) => {
    const id = await one.create('identity', 'about');
    const empty = await one.load(id, null);
    assert.deepEqual({ ...empty, now: null }, { now: null, anew: true, checkpoint: null, entries: [] });
    await save(other, id, { made: ['a'], read: ['b'], checkpoint: 'c1' });
    const news = await one.load(id, empty.now);
    assert.deepEqual({ ...news, now: null }, { now: null, anew: false, checkpoint: 'c1', entries: ['a', 'b'] });
    const { now } = await one.update(id, news.now, ({ entries, checkpoint }) => {
      assert.deepEqual([entries, checkpoint], [[], undefined]);
      return { changes: { read: ['c'] }, result: null };
    });
    assert.deepEqual((await one.load(id, now)).entries, []);
    assert.deepEqual((await other.load(id, news.now)).entries, ['c']);
    const whole = await other.load(id, null);
    assert.deepEqual([whole.entries, whole.checkpoint], [['a', 'b', 'c'], 'c1']);
  });

  behaves('however much is saved, each is told all of it, once, from wherever they had come to', async (one, other) => {
    const id = await one.create('identity', 'about');
    const all = Array.from({ length: 600 }, (_, at) => JSON.stringify({ at, text: 'a\nb' }));
    let { now } = await other.load(id, null);
    const middle = { entries: [] as string[], now };
    const told: string[] = [];
    for (const [at, text] of all.entries()) {
      await save(one, id, at % 2 === 0 ? { made: [text] } : { read: [text] });
      if (at % 100 !== 70) continue;
      const news = await other.load(id, now);
      told.push(...news.entries);
      ({ now } = news);
      if (at === 270) Object.assign(middle, { entries: [...told], now });
    }
    told.push(...(await other.load(id, now)).entries);
    const sorted = (entries: readonly string[]): string[] => [...entries].sort();
    assert.deepEqual(told.length, 600);
    assert.deepEqual(sorted(told), sorted(all));
    assert.deepEqual(sorted((await one.load(id, null)).entries), sorted(all));
    const rest = await one.load(id, middle.now);
    assert.deepEqual(sorted([...middle.entries, ...rest.entries]), sorted(all));
    await save(one, id, { anew: true, read: ['"anew"'] });
    const kept = (await other.load(id, null)).entries;
    assert.equal(kept.length, 301);
    assert.deepEqual(
      kept.slice(0, -1),
      all.filter((_, at) => at % 2 === 0),
    );
  });

  behaves('conversations know nothing of each other', async (one) => {
    const [id, other] = [await one.create('one', 'one'), await one.create('other', 'other')];
    await save(one, id, { made: ['a'], checkpoint: 'c', shown: [{ text: 'x', loud: true }] });
    await one.saveReceived(id, 5);
    const { entries, checkpoint } = await one.load(other, null);
    assert.deepEqual([entries, checkpoint], [[], null]);
    assert.deepEqual(await one.shown(other, { after: 0, limit: 9 }), []);
    assert.deepEqual(await one.shown(other, { loud: true }), []);
    assert.equal(await one.received(other), 0);
  });

  behaves('nothing of an update is saved when it throws', async (one, other) => {
    const id = await one.create('identity', 'about');
    const draft = await one.accept(queueOf(id), { sealed: 'draft', attendedUntil: 0, draft: true });
    const fails = one.update(id, null, () => {
      throw new RangeError('no');
    });
    await assert.rejects(fails, RangeError);
    const attempt = { after: 3, partId: 'AAAAAAAAAAA', spoilt: 0 };
    const finished = { item: draft, sealed: 'finished', attempt };
    await save(one, id, { made: ['a'], finished });
    const item = await other.item(draft);
    assert.deepEqual([item?.sealed, item?.attempt, item?.draft], ['finished', attempt, false]);
    // a number for what has one already: all of it is refused
    await assert.rejects(save(other, id, { made: ['b'], finished: { ...finished, sealed: 'again' } }), TypeError);
    assert.deepEqual((await one.load(id, null)).entries, ['a']);
    assert.equal((await one.item(draft))?.sealed, 'finished');
  });

  behaves('what was read is replaced when it is read anew; what was made stays', async (one, other) => {
    const id = await one.create('identity', 'about');
    await save(one, id, { read: ['r1'], made: ['m1'], checkpoint: 'c1' });
    const { now } = await other.load(id, null);
    await save(one, id, { anew: true, read: ['r2'], checkpoint: 'c2' });
    const { anew, entries, checkpoint } = await other.load(id, now);
    assert.deepEqual([anew, entries, checkpoint], [true, ['m1', 'r2'], 'c2']);
  });

  behaves('what is shown has its order, and can be shown otherwise', async (one, other) => {
    const id = await one.create('identity', 'about');
    await save(one, id, { shown: [{ text: 'a', loud: false }] });
    await save(other, id, {
      shown: [
        { text: 'b', loud: true },
        { text: 'c', loud: false },
      ],
    });
    const all = await one.shown(id, { after: 0, limit: 9 });
    assert.deepEqual(
      all.map(({ text }) => text),
      ['a', 'b', 'c'],
    );
    const [first, second] = all;
    assert.ok(first && second);
    assert.deepEqual(await one.shown(id, { after: first.position, limit: 1 }), [second]);
    assert.deepEqual(
      (await one.shown(id, { last: 2 })).map(({ text }) => text),
      ['b', 'c'],
    );
    assert.deepEqual(await one.shown(id, { last: 0 }), []);
    assert.deepEqual(await other.shown(id, { loud: true }), [second]);
    await save(other, id, { reshown: [{ ...second, text: 'B', loud: false }] });
    assert.deepEqual(await one.shown(id, { loud: true }), []);
    assert.deepEqual(
      (await one.shown(id, { after: 0, limit: 9 })).map(({ text }) => text),
      ['a', 'B', 'c'],
    );
  });

  behaves('the mark of what was received only moves forward', async (one, other) => {
    const id = await one.create('identity', 'about');
    assert.equal(await one.received(id), 0);
    await one.saveReceived(id, 7);
    await other.saveReceived(id, 3);
    assert.equal(await other.received(id), 7);
  });

  behaves('a message can be put into the outbox together with what says so', async (one, other) => {
    const id = await one.create('identity', 'about');
    await save(one, id, { made: ['acked'], draft: { address: queueOf(id), sealed: 'ack', attendedUntil: 0 } });
    assert.deepEqual(
      (await other.items(queueOf(id))).map(({ sealed, draft }) => [sealed, draft]),
      [['ack', true]],
    );
  });
}
