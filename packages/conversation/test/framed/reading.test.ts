import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Finding } from '../../src/finding.ts';
import type { FramedConversation } from '../../src/framed/conversation.ts';
import { device, told } from '../support/members.ts';
import { Story, sealOf } from '../support/story.ts';

async function history(story: Story, who: number): Promise<string[]> {
  return (await (await story.program(who)).history({ after: 0 })).map(told);
}

test('a hole that is filled later is taken in where it belongs, and nothing is held against anybody then', async () => {
  const story = await Story.begin({ members: 2 });
  await story.send(0);
  await story.send(0);
  await story.send(0);
  const { entries } = story.relay.view('bob');
  const [late] = entries.splice(1, 1);
  assert.ok(late);
  story.clock.step();
  await story.read(1);
  assert.deepEqual(await history(story, 1), ['ada 1', 'ada 3!missing!missing']);
  entries.splice(1, 0, late);
  await story.read(1);
  assert.deepEqual(await history(story, 1), ['ada 1', 'ada 3', 'ada 2']);
  assert.deepEqual(await story.loud(1), []);
  await story.read(0);
  assert.equal(await story.words(1), await story.words(0));
  await story.rounds(2);
  assert.deepEqual([await story.loud(0), await story.loud(1)], [[], []]);
});

test('a hole that is filled while the relay keeps something else back is shown all the same', async () => {
  const story = await Story.begin({ members: 2 });
  for (let count = 0; count < 4; count++) await story.send(0);
  const { entries } = story.relay.view('bob');
  const [late] = entries.splice(1, 1);
  assert.ok(late);
  story.clock.step();
  await story.read(1);
  entries.splice(1, 0, late);
  const [first] = entries.splice(0, 1, { ...late, id: 1, fields: ['gAAAAAjunk'] });
  assert.ok(first);
  await story.read(1);
  assert.deepEqual(
    (await history(story, 1)).filter((each) => each.includes('ada')),
    ['ada 1', 'ada 3!missing!missing', 'ada 4!forked', 'ada 2!reordered'],
  );
});

test('a reader of a log whose beginning is gone checks nothing, says so, and vouches for nothing', async () => {
  const story = await Story.begin({ members: 3 });
  await story.rounds(2);
  const { entries } = story.relay.view('cai');
  entries.splice(0, 3);
  const late = await story.join();
  story.relay.view(late.name).entries = entries.slice();
  await story.read(late.number);
  const shown = await history(story, late.number);
  assert.equal(shown.length, entries.length);
  assert.ok(shown.every((each) => each.endsWith('!unchecked')));
  assert.deepEqual(await story.loud(late.number), []);
  const { findings } = await (await story.program(late.number)).check();
  assert.deepEqual(
    findings.map(({ code }) => code),
    ['unchecked'],
  );
  await story.send(late.number);
  await story.rounds(1);
  for (const { number, name } of story.people.slice(0, 2)) assert.deepEqual(await story.loud(number), [], name);
});

/** What a program is told of the log while it receives, and the messages. */
async function receiveAll(
  program: FramedConversation,
): Promise<{ readonly findings: readonly Finding[]; readonly messages: readonly string[] }> {
  const findings: Finding[] = [];
  const unread = program.unread({ onFinding: (finding) => findings.push(finding) });
  const messages: string[] = [];
  for await (const message of unread) messages.push(told(message));
  await unread.commit();
  return { findings, messages };
}

test('so does one who comes back when the place is gone where it had stopped', async () => {
  const story = await Story.begin({ members: 2 });
  await story.rounds(1);
  for (let count = 0; count < 3; count++) await story.send(0);
  story.relay.view('bob').entries.splice(0, 4);
  const bob = await story.program(1);
  const { findings, messages } = await receiveAll(bob);
  assert.deepEqual(
    findings.map(({ code }) => code),
    ['expired'],
  );
  assert.match(findings[0]?.sentence ?? '', /nothing more can be checked.*retention.*or the relay hides them/i);
  assert.ok(messages.length > 0 && messages.every((each) => each.endsWith('!unchecked')));
  assert.deepEqual(await story.loud(1), []);
  await story.send(0);
  assert.deepEqual((await receiveAll(bob)).findings, [], 'it is said once');
});

test('a relay that pretends that all is gone ends the checks, never unsaid: not where sending comes upon it, nor in another program', async () => {
  const story = await Story.begin({ members: 2 });
  await story.rounds(1);
  for (let count = 0; count < 3; count++) await story.send(0);
  const { entries } = story.relay.view('bob');
  const hidden = entries.splice(0, 4);
  await story.send(1);
  const [first, second] = [await story.program(1), await story.program(1, 1)];
  const told = await Promise.all([receiveAll(first), receiveAll(second)]);
  for (const { findings } of told) {
    assert.deepEqual(
      findings.map(({ code, id }) => [code, id]),
      [['expired', told[0].findings[0]?.id]],
    );
  }
  assert.deepEqual(
    (await first.check()).findings.map(({ code }) => code),
    ['expired'],
  );

  entries.unshift(...hidden);
  assert.deepEqual(await first.check(), { adopted: true, withheld: 0, findings: [] });
  await story.send(0);
  entries.pop();
  await story.send(0);
  story.clock.step();
  await receiveAll(first);
  assert.ok((await story.loud(1)).includes('missing'), 'the checks are on again');
});

test('nor does one vouch for anything when nothing at all is left', async () => {
  const story = await Story.begin({ members: 2 });
  await story.rounds(1);
  await story.send(0);
  story.relay.view('bob').entries.length = 0;
  await story.send(1);
  const [opened] = await sealOf(story.about, await device(1)).open([story.relay.accepted.at(-1)?.[0]?.[0] ?? '']);
  assert.equal(opened?.frame?.n, 2);
  assert.equal(opened.frame.seen, null);
});

test('two programs of one profile that find the log gone back tell it once, and go on', async () => {
  const story = await Story.begin({ members: 2 });
  await story.rounds(2);
  story.relay.rollBack(2, ['ada']);
  await Promise.all([0, 1].map((process) => story.act({ does: 'read', who: 0, process, death: null })));
  assert.deepEqual(await story.loud(0), ['rolled-back']);
  await story.rounds(1);
  await story.judge();
});

test('own messages that went with a log are told by that, wherever they had stood', async () => {
  for (const junk of [0, 5]) {
    const story = await Story.begin({ members: 2 });
    for (let count = 0; count < 4; count++) await story.send(0);
    story.relay.rollBack(0, ['ada']);
    for (let count = 0; count < junk; count++) story.relay.inject(['gAAAAAjunk'], ['ada']);
    await story.read(0);
    assert.deepEqual(await story.loud(0), ['rolled-back']);
    await story.send(0);
    await story.read(0);
    const told = await story.loud(0);
    for (let count = 0; count < 5; count++) await story.send(0);
    await story.read(0);
    assert.deepEqual(await story.loud(0), told);
  }
});

test('a message that is too long, or refused for good: only the one that had a number leaves a gap', async () => {
  const story = await Story.begin({ members: 2, limits: { fieldBytes: 255, entryBytes: 510, bulkEntries: 1 } });
  const ada = await story.program(0);
  await story.send(0);
  await assert.rejects(ada.send({ bytes: new Uint8Array(1_000_000) }), { code: 'refused' });
  await story.send(0);
  await story.read(1);
  assert.deepEqual(await story.loud(1), []);
  story.relay.answers.push('refused');
  await assert.rejects(ada.send({ text: 'not here' }), { code: 'refused' });
  await story.send(0);
  await story.read(1);
  assert.deepEqual(await story.loud(1), ['missing']);
});

test('a message that has its number stays, though the channel wants another key: it goes out before the next one', async () => {
  const story = await Story.begin({ members: 2 });
  story.relay.answers.push('unauthorized');
  await story.send(0);
  assert.deepEqual(story.stored, []);
  await story.send(0);
  await story.read(1);
  assert.deepEqual(await history(story, 1), ['ada 1', 'ada 2']);
  assert.deepEqual(await story.loud(1), []);
});
