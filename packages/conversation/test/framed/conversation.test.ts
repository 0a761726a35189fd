import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { MemoryChannel } from '@fernspeak/channel';
import { member, receive, shared } from '../support/members.ts';

test('what one member sends the other receives, once, with its sender', async () => {
  const [about, channel] = [shared(), new MemoryChannel()];
  const ada = await member({ about: { ...about, me: 'Ada' }, channel, number: 0 });
  const bob = await member({ about: { ...about, me: 'Bob' }, channel, number: 1 });
  await ada.greet();
  await ada.send({ text: 'Are we still on for six?' });
  const unread = bob.unread();
  const messages = [];
  for await (const message of unread) messages.push(message);
  await unread.commit();
  assert.deepEqual(
    messages.map(({ kind, n, sender, findings }) => ({ kind, n, name: sender?.name, findings })),
    [
      { kind: 'hello', n: 1, name: 'Ada', findings: [] },
      { kind: 'text', n: 2, name: 'Ada', findings: [] },
    ],
  );
  assert.deepEqual(await receive(bob), []);
  const sent = await bob.send({ text: 'Yes.' });
  assert.equal(sent.status, 'stored');
  assert.deepEqual(await receive(ada), ['', 'Are we still on for six?', 'Yes.']);
  assert.deepEqual(await ada.findings(), []);
});

test('a message was received when its receiver says so with what it sends next', async () => {
  const [about, channel] = [shared(), new MemoryChannel()];
  const [ada, bob] = [await member({ about, channel, number: 0 }), await member({ about, channel, number: 1 })];
  await bob.send({ text: 'I am here.' });
  const { id } = await ada.send({ text: 'Did you get this?' });
  assert.ok(id);
  await receive(ada);
  assert.deepEqual(await ada.receivedBy(id), []);
  await bob.send({ text: 'Yes.' });
  await receive(ada);
  assert.equal((await ada.receivedBy(id)).length, 1);
});

test('what is accepted goes out with the next flush, in its order, and gets its number then', async () => {
  const [about, channel] = [shared(), new MemoryChannel()];
  const [ada, bob] = [await member({ about, channel, number: 0 }), await member({ about, channel, number: 1 })];
  await ada.accept({ text: 'first' });
  await ada.accept({ text: 'second', title: 'disk' });
  assert.equal(await ada.waiting(), 2);
  assert.deepEqual(await receive(bob), []);
  const delivered = await ada.flush();
  assert.deepEqual(
    delivered.map(({ status }) => status),
    ['stored', 'stored'],
  );
  assert.equal(await ada.waiting(), 0);
  assert.deepEqual(await receive(bob), ['first', 'second']);
  assert.deepEqual(await bob.findings(), []);
});
