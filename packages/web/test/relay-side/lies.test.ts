import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryChannel, type Entry } from '@fernspeak/channel';
import {
  FramedConversation,
  deviceOf,
  foundConversation,
  invitedConversation,
  memoryStore,
  newDeviceKey,
  rememberConversation,
} from '@fernspeak/conversation';
import { copyOf } from '../../src/engine/relay-side/lies.ts';
import { Sandbox } from '../../src/engine/relay-side/sandbox.ts';
import { Talk } from '../../src/engine/talk/talk.ts';

/** Ada and Bob have talked: her hello, his, then three messages of each in turn. */
async function talked(): Promise<{ talk: Talk; channel: MemoryChannel; log: Entry[] }> {
  const channel = new MemoryChannel();
  const store = memoryStore();
  const device = await deviceOf(await newDeviceKey());
  const { address, place } = channel;
  const about = foundConversation({ name: 'family', me: 'Ada', address, place });
  const id = await rememberConversation(store, about);
  const ada = new FramedConversation({ id, about, channel, store, device });
  await ada.greet();
  const bob = await joined(channel, ada);
  for (let turn = 1; turn <= 3; turn++) {
    for (const [name, who] of [
      ['Ada', ada],
      ['Bob', bob],
    ] as const) {
      await receive(who);
      await who.send({ text: `${name} ${turn}` });
    }
  }
  const talk = new Talk({ id, about, store, device, acknowledge: false, channel });
  return { talk, channel, log: await Array.fromAsync(channel.read({ after: 0 })) };
}

async function joined(channel: MemoryChannel, ada: FramedConversation): Promise<FramedConversation> {
  const store = memoryStore();
  const device = await deviceOf(await newDeviceKey());
  const { address, place } = channel;
  const about = await invitedConversation(await ada.invite('Bob'), {
    name: 'family',
    address,
    place,
    me: 'Bob',
    device,
  });
  const bob = new FramedConversation({ id: await rememberConversation(store, about), about, channel, store, device });
  await bob.greet();
  return bob;
}

async function receive(who: FramedConversation): Promise<void> {
  const unread = who.unread({ acknowledge: false });
  for await (const message of unread) void message;
  await unread.commit();
}

async function sandboxed(): Promise<{ sandbox: Sandbox; channel: MemoryChannel; log: Entry[] }> {
  const { talk, channel, log } = await talked();
  const sandbox = new Sandbox(talk, log);
  await sandbox.reset();
  return { sandbox, channel, log };
}

function codes(sandbox: Sandbox): string[] {
  return (sandbox.reading.value?.messages ?? []).flatMap(({ findings }) => findings.map(({ code }) => code));
}

test('an honest copy: everything opens, and nothing is found', async () => {
  const { sandbox, log } = await sandboxed();
  assert.equal(log.length, 8);
  assert.deepEqual(sandbox.reading.value?.findings, []);
  assert.deepEqual(codes(sandbox), []);
  assert.deepEqual(
    [3, 4, 8].map((entry) => sandbox.textAt(entry)),
    ['Ada 1', 'Bob 1', 'Bob 3'],
  );
});

test('a flipped byte: it does not open, in its place, and that it is missing is noticed', async () => {
  const { sandbox } = await sandboxed();
  await sandbox.lie('flip', 4);
  assert.deepEqual(
    sandbox.findingsAt(4).map(({ code }) => code),
    ['unreadable'],
  );
  assert.equal(sandbox.textAt(4), null);
  assert.ok(codes(sandbox).includes('missing'));
  assert.equal(sandbox.textAt(3), 'Ada 1');
});

test('a repeated entry is told as such, and is not shown twice', async () => {
  const { sandbox } = await sandboxed();
  await sandbox.lie('replay', 4);
  assert.equal(sandbox.log.value.length, 9);
  assert.deepEqual(
    sandbox.reading.value?.findings.map(({ code }) => code),
    ['replayed'],
  );
  assert.equal(sandbox.textAt(9), null);
});

test('two that changed places are noticed', async () => {
  const { sandbox } = await sandboxed();
  await sandbox.lie('swap', 5);
  assert.ok(
    codes(sandbox).some((code) => code === 'reordered' || code === 'missing' || code === 'forked'),
    codes(sandbox).join(),
  );
});

test('a dropped one is noticed by what others had seen', async () => {
  const { sandbox } = await sandboxed();
  await sandbox.lie('drop', 4);
  assert.equal(sandbox.log.value.length, 7);
  assert.ok(codes(sandbox).includes('missing'), codes(sandbox).join());
});

test('the last one, dropped, is not noticed by somebody new: nobody has seen it', async () => {
  const { sandbox } = await sandboxed();
  await sandbox.lie('drop', 8);
  assert.deepEqual(codes(sandbox), []);
});

test('reset puts everything back; the conversation was never touched', async () => {
  const { sandbox, channel, log } = await sandboxed();
  await sandbox.lie('flip', 3);
  await sandbox.lie('drop', 5);
  await sandbox.reset();
  assert.deepEqual(sandbox.log.value, log);
  assert.deepEqual(codes(sandbox), []);
  assert.deepEqual(await Array.fromAsync(channel.read({ after: 0 })), log);
});

test('a log without its beginning can be copied and lied in too', async () => {
  const { talk, log } = await talked();
  const sandbox = new Sandbox(talk, log.slice(3));
  await sandbox.reset();
  await sandbox.lie('flip', 2);
  assert.deepEqual(
    sandbox.findingsAt(2).map(({ code }) => code),
    ['unreadable'],
  );
});

test('a copy has the times of the log', async () => {
  const log = [
    { id: 1, createdAt: '2026-11-24T06:00:00Z', fields: ['a'] },
    { id: 2, createdAt: '2026-11-24T06:05:00Z', fields: [null, 'b'] },
  ];
  assert.deepEqual(await Array.fromAsync((await copyOf(log)).read({ after: 0 })), log);
});
