import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Limits } from '@fernspeak/channel';
import fc from 'fast-check';
import { Fernet } from '@fernspeak/fernet';
import type { Fate } from '../support/lying-relay.ts';
import { device } from '../support/members.ts';
import { Story, plainToken, sealOf, type Act } from '../support/story.ts';

const LONG = process.env['FERNSPEAK_LONG'] === '1';
const NARROW: Partial<Limits> = { fieldBytes: 255, entryBytes: 510, bulkEntries: 1 };
/** The same, a message's parts in one request: what befalls one befalls them all. */
const WHOLE: Partial<Limits> = { fieldBytes: 255, entryBytes: 510 };
const STUCK_MS = 10_000;
/** What can be found where some messages were withheld, replaced or moved, and nothing else is wrong. */
const OF_ORDER: ReadonlySet<string> = new Set(['missing', 'forked', 'reordered']);

const death = fc.record({ operation: fc.integer({ min: 1, max: 25 }), when: fc.constantFrom('before', 'after') });
const talk: fc.Arbitrary<Act> = fc.record({
  does: fc.constantFrom('send', 'send', 'read', 'read', 'long'),
  who: fc.nat({ max: 5 }),
  process: fc.nat({ max: 1 }),
  death: fc.option(death, { freq: 8 }),
});
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
      assert.ok((await story.loud(0)).includes('missing'));
      await calmDown(story);
      await story.judge();
    }),
    { numRuns: LONG ? 1000 : 20, timeout: STUCK_MS },
  );
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

type Lie =
  | { readonly fate: Fate; readonly on: number }
  | { readonly back: number; readonly on: number }
  | { readonly again: number; readonly on: number }
  | { readonly ghost: number; readonly on: number }
  | { readonly remove: number; readonly on: number }
  | {
      readonly holder: 'altered' | 'impersonated' | 'resealed' | 'false-claim' | 'elsewhere' | 'plain' | 'part';
      readonly on: number;
    }
  | { readonly answer: 'refused' | 'unclear' | 'lost' };

const readers = fc.nat({ max: 63 });
const lie: fc.Arbitrary<Lie> = fc.oneof(
  fc.record({ fate: fc.constantFrom<Fate>('withhold', 'junk', 'replay', 'swap', 'half'), on: readers }),
  fc.record({ back: fc.nat({ max: 10 }), on: readers }),
  fc.record({ again: fc.nat({ max: 20 }), on: readers }),
  fc.record({ ghost: fc.nat({ max: 20 }), on: readers }),
  fc.record({ remove: fc.nat({ max: 20 }), on: readers }),
  fc.record({
    holder: fc.constantFrom('altered', 'impersonated', 'resealed', 'false-claim', 'elsewhere', 'plain', 'part'),
    on: readers,
  }),
  fc.record({ answer: fc.constantFrom('refused', 'unclear', 'lost') }),
);

/** What somebody with the conversation's key, who is no member that speaks (device 9), can make. */
async function made(story: Story, what: (Lie & { holder: string })['holder']): Promise<string> {
  const { about } = story;
  if (what === 'plain') return plainToken(about, 'plain');
  if (what === 'part') return '~AAAAAAAAAAA.1.2~gAAAAA';
  const n = (story.forged += 1);
  const content = { kind: 'text', at: 1, body: new TextEncoder().encode(what) } as const;
  if (what === 'false-claim') {
    const mallory = await device(9);
    story.said.set(mallory.id, new Set([what]));
    const seen = { t: 'ab'.repeat(16), h: 'cd'.repeat(16) };
    return (await sealOf(about, mallory).seal(content, { n, seen })).sealed;
  }
  if (what === 'elsewhere') {
    // a member really signed this, in another conversation under the same key
    const other = { ...about, conversationId: '00'.repeat(16) };
    return (await sealOf(other, await device(0)).seal(content, { n, seen: null })).sealed;
  }
  const earlier = story.relay.accepted.flat(2).find((text) => text?.startsWith('gAAAAA'));
  if (!earlier) return 'gAAAAAjunk';
  const fernet = new Fernet(about.key);
  const plaintext = fernet.decrypt(earlier);
  if (what === 'altered') plaintext[plaintext.length - 1] = 1;
  if (what === 'impersonated') plaintext.set((await device(1)).publicKey, FROM_AT);
  return fernet.encrypt(plaintext);
}

const FROM_AT = 66;

async function tell(story: Story, lie: Lie): Promise<void> {
  if ('answer' in lie) return void story.relay.answers.push(lie.answer);
  const names = story.people.map(({ name }) => name).filter((_, at) => (lie.on >> at) % 2 === 1);
  if ('fate' in lie) story.relay.lie(lie.fate, names);
  else if ('back' in lie) story.relay.rollBack(lie.back, names);
  else if ('again' in lie) story.relay.again(lie.again, names);
  else if ('ghost' in lie) story.relay.ghost(lie.ghost, names);
  else if ('remove' in lie) story.relay.remove(lie.remove, names);
  else story.relay.inject([await made(story, lie.holder)], names);
}

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
