// Members, a lying relay and a key holder make logs, and what each reader is shown is read by both implementations: they
// have to show and find the same.
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Limits } from '@fernspeak/channel';
import { NEEDS_PYTHON, findPython } from '@fernspeak/test';
import fc from 'fast-check';
import { seenOf } from '../../src/continuity/state.ts';
import { isConversationError } from '../../src/index.ts';
import type { JournalEntry } from '../../src/framed/state.ts';
import { lie, putStrange, strange, talk, tell, type Lie, type Strange } from '../support/lies.ts';
import { Story, type Act } from '../support/story.ts';
import { PythonReader, readOurs, type View } from '../support/two-readers.ts';

/** Some four logs each. */
const STORIES = process.env['FERNSPEAK_LONG'] === '1' ? 1000 : 90;
const STUCK_MS = 30_000;
/** Messages in parts, one request each. */
const NARROW: Partial<Limits> = { fieldBytes: 255, entryBytes: 510, bulkEntries: 1 };
/** The device of somebody who has never written. */
const NEWCOMER = 8;

/** What so many logs have to bring, or they show nothing. */
const OFTEN = ['missing', 'reordered', 'forked', 'cloned', 'replayed', 'unreadable', 'not-sealed', 'unchecked'];

type Event = Act | Lie | { readonly strange: Strange };

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: talk },
  { weight: 2, arbitrary: lie },
  { weight: 2, arbitrary: fc.record({ strange }) },
);

interface Schedule {
  readonly members: number;
  readonly narrow: boolean;
  readonly before: readonly Event[];
  readonly after: readonly Event[];
  /** Whose link the newcomer has, of between the two. */
  readonly inviter: number;
  /** So many of the first entries are not kept. */
  readonly gone: number;
  readonly pause: number;
  readonly slowly: boolean;
}

const schedule: fc.Arbitrary<Schedule> = fc.record({
  members: fc.integer({ min: 2, max: 5 }),
  narrow: fc.boolean(),
  before: fc.array(event, { maxLength: 15, size: 'max' }),
  after: fc.array(event, { minLength: 5, maxLength: 20, size: 'max' }),
  inviter: fc.nat({ max: 4 }),
  gone: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 5 }) }),
  pause: fc.nat({ max: 20 }),
  slowly: fc.boolean(),
});

async function happen(story: Story, events: readonly Event[]): Promise<void> {
  for (const event of events) {
    if ('strange' in event) await putStrange(story, event.strange);
    else if ('does' in event) await story.act(event).catch(stopped);
    else await tell(story, event);
  }
}

/** A device that has found another with its key writes nothing more. */
function stopped(error: unknown): void {
  if (!isConversationError(error, 'cloned')) throw error;
}

/** What is left in a journal when everything is read again: what the device itself made. */
function madeIn(journal: readonly string[]): string[] {
  return journal.filter((text) => {
    const { made, stored } = JSON.parse(text) as JournalEntry;
    return made ?? stored;
  });
}

/** What a schedule makes each reader see: the members, one of them without what it has saved, and one who joins late. */
async function viewsOf({
  members,
  narrow,
  before,
  after,
  ...how
}: Schedule): Promise<{ views: View[]; now: () => number }> {
  const story = await Story.begin({ members, limits: narrow ? NARROW : {} });
  await happen(story, before);
  const maker = story.person(how.inviter);
  const seen = seenOf((await story.known(maker.number)).continuity);
  await happen(story, after);
  story.clock.step(); // no hole is waited for
  const { pause, slowly } = how;
  const of = ({ name, number }: { name: string; number: number }): View => ({
    about: story.about,
    number,
    made: [],
    claim: null,
    pause,
    slowly,
    entries: story.relay.view(name).entries.slice(how.gone),
  });
  const views = [of(maker), { ...of(maker), number: NEWCOMER, claim: seen && { from: maker.id, seen } }];
  for (const person of story.people) {
    views.push({ ...of(person), made: madeIn(await story.journal(person.number)) });
  }
  return { views, now: story.clock.now };
}

const python = findPython();
test('what a lying relay shows, read by both implementations', { skip: python ? false : NEEDS_PYTHON }, async (t) => {
  assert.ok(python);
  const reader = new PythonReader(python, t);
  const told = new Map<string, number>();
  let logs = 0;
  const property = fc.asyncProperty(schedule, async (schedule) => {
    const { views, now } = await viewsOf(schedule);
    for (const view of views) {
      const theirs = await reader.read(view);
      assert.deepEqual(await readOurs(view, now), theirs);
      logs += 1;
      const notices = theirs.messages.flatMap(({ notices }) => notices).concat(theirs.beside);
      for (const { code } of notices) told.set(code, (told.get(code) ?? 0) + 1);
    }
  });
  await fc.assert(property, { numRuns: STORIES, timeout: STUCK_MS });
  for (const code of OFTEN) assert.ok(told.has(code), `no log had ${code}`);
  t.diagnostic(`${logs} logs: ${Array.from(told, ([code, count]) => `${count} ${code}`).join(', ')}`);
});
