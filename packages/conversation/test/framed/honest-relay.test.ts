import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Limits } from '@fernspeak/channel';
import { temporaryFolder } from '@fernspeak/test';
import fc from 'fast-check';
import { memoryStore, type Store } from '../../src/index.ts';
import { openProfile, type Profile } from '../../src/profile.ts';
import { Story, plainToken, type Act } from '../support/story.ts';

const RUNS = process.env['FERNSPEAK_LONG'] === '1' ? 10_000 : 100;
/** A story that takes longer hangs. */
const STUCK_MS = 10_000;
/** Messages in parts, one request each: what a slow channel makes of them. */
const NARROW: Partial<Limits> = { fieldBytes: 255, entryBytes: 510, bulkEntries: 1 };

const death = fc.record({ operation: fc.integer({ min: 1, max: 25 }), when: fc.constantFrom('before', 'after') });
const act: fc.Arbitrary<Act> = fc.record({
  does: fc.constantFrom('send', 'send', 'read', 'read', 'long', 'flush', 'check'),
  who: fc.nat({ max: 5 }),
  process: fc.nat({ max: 1 }),
  death: fc.option(death, { freq: 5 }),
});

type Event =
  | Act
  | { readonly together: readonly [Act, Act] }
  | { readonly answer: 'unclear' | 'lost' }
  | { readonly noise: 'junk' | 'part' | 'plain' | 'again' };

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 8, arbitrary: act },
  { weight: 2, arbitrary: fc.record({ together: fc.tuple(act, act) }) },
  { weight: 1, arbitrary: fc.record({ answer: fc.constantFrom('unclear', 'lost') }) },
  { weight: 1, arbitrary: fc.record({ noise: fc.constantFrom('junk', 'part', 'plain', 'again') }) },
);

async function happen(story: Story, event: Event): Promise<void> {
  if ('does' in event) return story.act(event);
  if ('together' in event) return void (await Promise.all(event.together.map((each) => story.act(each))));
  if ('answer' in event) return void story.relay.answers.push(event.answer);
  const everybody = story.people.map(({ name }) => name);
  if (event.noise === 'junk') story.relay.inject(['gAAAAAjunk'], everybody);
  if (event.noise === 'part') story.relay.inject(['~AAAAAAAAAAA.1.2~gAAAAA'], everybody);
  if (event.noise === 'plain') story.relay.inject([plainToken(story.about, 'plain')], everybody);
  const earlier = story.relay.accepted.at(-1);
  if (event.noise === 'again') for (const fields of earlier ?? []) story.relay.inject(fields, everybody);
}

interface Schedule {
  readonly members: number;
  readonly narrow: boolean;
  readonly events: readonly Event[];
}

const schedule: fc.Arbitrary<Schedule> = fc.record({
  members: fc.integer({ min: 2, max: 4 }),
  narrow: fc.boolean(),
  events: fc.array(event, { minLength: 5, maxLength: 30, size: 'max' }),
});

async function alarmsNobody({ members, narrow, events }: Schedule, newStore: () => Store): Promise<void> {
  const story = await Story.begin({ members, limits: narrow ? NARROW : {}, newStore });
  for (const each of events) await happen(story, each);
  story.relay.answers.length = 0;
  for (const { number } of story.people) await (await story.program(number)).flush();
  for (const { number } of story.people) await story.read(number);
  await story.judge();
  const words = await story.words(0);
  for (const { number, name } of story.people) {
    assert.deepEqual(await story.loud(number), [], name);
    assert.equal(await story.words(number), words, `${name} has another history`);
    const shown = await (await story.program(number)).history({ after: 0 });
    assert.equal(new Set(shown.map(({ entryId }) => entryId)).size, shown.length, 'something is shown twice');
    const texts = shown.map(({ content }) => new TextDecoder().decode(content?.bytes));
    for (const text of story.stored) {
      assert.equal(texts.filter((each) => each === text).length, 1, `${name}: ${text}`);
    }
  }
}

test('an honest relay, crashes, retries and two programs of a profile alarm nobody, and lose nothing', async () => {
  const property = fc.asyncProperty(schedule, (schedule) => alarmsNobody(schedule, memoryStore));
  await fc.assert(property, { numRuns: RUNS, timeout: STUCK_MS });
});

test('the same with profiles on disk', async (t) => {
  const folder = temporaryFolder(t);
  const profiles: Profile[] = [];
  t.after(() => profiles.forEach((profile) => profile.close()));
  const newStore = (): Store => {
    const profile = openProfile({ home: join(folder, `${profiles.length}`) });
    profiles.push(profile);
    return profile.store;
  };
  const property = fc.asyncProperty(schedule, (schedule) => alarmsNobody(schedule, newStore));
  await fc.assert(property, { numRuns: RUNS / 10, timeout: STUCK_MS, endOnFailure: true });
});
