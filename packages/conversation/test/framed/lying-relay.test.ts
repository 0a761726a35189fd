import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Limits } from '@fernspeak/channel';
import fc from 'fast-check';
import { lie, talk, tell } from '../support/lies.ts';
import type { Fate } from '../support/lying-relay.ts';
import { Story, plainToken, type Act } from '../support/story.ts';

const LONG = process.env['FERNSPEAK_LONG'] === '1';
const NARROW: Partial<Limits> = { fieldBytes: 255, entryBytes: 510, bulkEntries: 1 };
/** The same, a message's parts in one request: what befalls one befalls them all. */
const WHOLE: Partial<Limits> = { fieldBytes: 255, entryBytes: 510 };
const STUCK_MS = 10_000;
/** What can be found where some messages were withheld, replaced or moved, and nothing else is wrong. */
const OF_ORDER: ReadonlySet<string> = new Set(['missing', 'forked', 'reordered']);

const talking = (maxLength: number): fc.Arbitrary<Act[]> => fc.array(talk, { maxLength, size: 'max' });

async function acts(story: Story, all: readonly Act[]): Promise<void> {
  for (const act of all) await story.act(act);
}

/** Nothing of the talk waits, everybody has read all, and nobody is alarmed. */
async function settle(story: Story): Promise<void> {
  for (const { number } of story.people) await (await story.program(number)).flush();
  for (const { number } of story.people) await story.read(number);
  for (const { number } of story.people) assert.deepEqual(await story.loud(number), []);
}

/** Everybody goes on, without lies: what is loud then must stay as it is. */
async function calmDown(story: Story): Promise<void> {
  story.relay.honest();
  for (const { number } of story.people) await (await story.program(number)).flush();
  await story.rounds(3);
  const before = await Promise.all(story.people.map(({ number }) => story.loud(number)));
  await story.rounds(3);
  const after = await Promise.all(story.people.map(({ number }) => story.loud(number)));
  assert.deepEqual(after, before, 'more is told though nobody lies any more');
}

test('one lie about one message is told with the next message whose sender had seen otherwise', async () => {
  const schedule = fc.record({
    members: fc.integer({ min: 2, max: 6 }),
    narrow: fc.boolean(),
    before: talking(8),
    fate: fc.constantFrom<Fate>('withhold', 'junk', 'replay', 'swap', 'half'),
    author: fc.nat({ max: 5 }),
    /** Who is lied to, beside the one who certainly is. */
    victims: fc.array(fc.nat({ max: 5 }), { maxLength: 3 }),
    victim: fc.nat({ max: 4 }),
    after: talking(8),
  });
  await fc.assert(
    fc.asyncProperty(schedule, async ({ members, narrow, before, fate, author, victims, victim, after }) => {
      const story = await Story.begin({ members, limits: narrow ? WHOLE : {} });
      await acts(story, before);
      await settle(story);
      const writer = author % members;
      const sure = (writer + 1 + (victim % (members - 1))) % members;
      const deceived = new Set([sure, ...victims.map((each) => each % members)].filter((each) => each !== writer));
      story.relay.lie(
        fate,
        Array.from(deceived, (each) => story.person(each).name),
      );
      await story.send(writer);
      await acts(story, after);
      // the writer has seen her own message: whoever was not shown it hears of it now
      await story.read(writer);
      await story.send(writer);
      for (const each of deceived) {
        await story.read(each);
        const loud = await story.loud(each);
        assert.ok(loud.length > 0, `${story.person(each).name} was told nothing`);
        assert.ok(
          loud.every((code) => OF_ORDER.has(code)),
          `something else was told: ${loud.join()}`,
        );
      }
      await calmDown(story);
      await story.judge();
    }),
    { numRuns: LONG ? 5000 : 50, timeout: STUCK_MS },
  );
});

test('an own message that was answered as stored and does not come back is told', async () => {
  const schedule = fc.record({ before: talking(6), fate: fc.constantFrom<Fate>('withhold', 'junk'), after: fc.nat(3) });
  await fc.assert(
    fc.asyncProperty(schedule, async ({ before, fate, after }) => {
      const story = await Story.begin({ members: 2 });
      await acts(story, before);
      await settle(story);
      story.relay.lie(fate, ['ada', 'bob']);
      await story.send(0);
      await story.rounds(after);
      // something has to stand where it was answered to be
      await story.send(1);
      await story.read(0);
      assert.deepEqual(await story.loud(0), ['missing']);
      // her own next number says the same once more, and is not told
      await story.send(0);
      await story.read(0);
      assert.deepEqual(await story.loud(0), ['missing']);
      await calmDown(story);
      await story.judge();
    }),
    { numRuns: LONG ? 1000 : 20, timeout: STUCK_MS },
  );
});

test('an own message that comes later than its entry is told, though all of it is read at once', async () => {
  const story = await Story.begin({ members: 2 });
  story.relay.lie('swap', ['ada', 'bob']);
  await story.send(0);
  await story.send(1);
  await story.read(0);
  assert.deepEqual(await story.loud(0), ['missing']);
});

test('a log that goes back is told, and what was known before is not told again', async () => {
  const schedule = fc.record({
    members: fc.integer({ min: 2, max: 4 }),
    before: talking(12),
    keep: fc.nat({ max: 6 }),
    after: talking(6),
  });
  await fc.assert(
    fc.asyncProperty(schedule, async ({ members, before, keep, after }) => {
      const story = await Story.begin({ members });
      await story.rounds(1);
      story.relay.inject([plainToken(story.about, 'plain')], ['ada']);
      story.relay.inject(['gAAAAAjunk'], ['ada']);
      await acts(story, before);
      await settle(story);
      const ada = await story.program(0);
      const count = (await ada.history({ after: 0 })).length;
      story.relay.rollBack(Math.min(keep, story.relay.view('ada').entries.length - 1), ['ada']);
      const unread = ada.unread();
      for await (const { entryId } of unread) assert.fail(`entry ${entryId} is told again`);
      assert.deepEqual(
        unread.findings.map(({ code }) => code),
        ['rolled-back'],
      );
      assert.deepEqual(await story.loud(0), ['rolled-back']);
      assert.equal((await ada.history({ after: 0 })).length, count);
      await acts(story, after);
      await calmDown(story);
      await story.judge();
    }),
    { numRuns: LONG ? 1000 : 30, timeout: STUCK_MS },
  );
});

test('check clears what the relay has put right since', async () => {
  const story = await Story.begin({ members: 2 });
  await story.rounds(1);
  story.relay.lie('swap', ['bob']);
  await story.send(0);
  await story.send(0);
  await story.read(1);
  assert.ok((await story.loud(1)).length > 0);
  story.relay.tellTheTruth('bob');
  const bob = await story.program(1);
  assert.deepEqual(await bob.check(), { adopted: true, withheld: 0, findings: [] });
  await story.read(0);
  assert.equal(await story.words(0), await story.words(1));
  await calmDown(story);
  assert.deepEqual(await story.loud(0), []);
});

test('whatever the relay and a key holder do: nothing forged is shown as good, and afterwards everybody talks on', async () => {
  const schedule = fc.record({
    members: fc.integer({ min: 2, max: 6 }),
    narrow: fc.boolean(),
    events: fc.array(fc.oneof({ weight: 3, arbitrary: talk }, { weight: 1, arbitrary: lie }), {
      minLength: 5,
      maxLength: 30,
      size: 'max',
    }),
  });
  await fc.assert(
    fc.asyncProperty(schedule, async ({ members, narrow, events }) => {
      const story = await Story.begin({ members, limits: narrow ? NARROW : {} });
      for (const event of events) {
        if ('does' in event) await story.act(event);
        else await tell(story, event);
      }
      await calmDown(story);
      await story.judge();
    }),
    { numRuns: LONG ? 10_000 : 60, timeout: STUCK_MS },
  );
});
