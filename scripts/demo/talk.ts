import { Liar } from './liar.ts';
import type { Stage } from './stage.ts';
import type { Step } from './steps.ts';

const NAME = 'talk';
const FRIENDS = ['bob', 'cleo'] as const;
type Friend = (typeof FRIENDS)[number];

/** The relays to which the friends come: Ada alone comes to the honest one. Set by the first step of the three. */
const liars = new Map<Friend, Liar>();

const called = (person: string): string => person.slice(0, 1).toUpperCase() + person.slice(1);

interface Finding {
  readonly code: string;
  readonly sentence: string;
}

/** What `fernspeak receive talk` gives somebody: texts, and what was found wrong. */
async function receive(stage: Stage, person: string): Promise<{ texts: string[]; findings: Finding[] }> {
  const { stdout } = await stage.as(person, ['receive', NAME, '--json']);
  const messages = stdout.split('\n').flatMap((line) => {
    if (line === '') return [];
    return [JSON.parse(line) as { text: string | null; kind: string; findings: Finding[] }];
  });
  return {
    texts: messages.flatMap(({ kind, text }) => (kind === 'text' && text !== null ? [text] : [])),
    findings: messages.flatMap(({ findings }) => findings),
  };
}

/** Gives the number of the entry; 0: it was not stored. */
async function say(stage: Stage, person: string, text: string): Promise<number> {
  const { code, stdout } = await stage.as(person, ['send', NAME, text, '--json']);
  return code === 0 ? (JSON.parse(stdout) as { entryId: number }).entryId : 0;
}

/** Makes the conversation; each friend joins by a link of their own. */
async function meet(stage: Stage): Promise<boolean> {
  const made = await stage.as('ada', ['new', NAME, '--relay', stage.url, '--me', 'Ada']);
  for (const friend of FRIENDS) {
    const liar = new Liar(stage.url);
    stage.atEnd(() => liar.close());
    liars.set(friend, liar);
    const invite = ['invite', NAME, '--for', called(friend), '--relay', await liar.listen()];
    const { stdout: link } = await stage.as('ada', invite);
    const joined = await stage.as(friend, ['join', '-', '--yes', '--name', NAME, '--me', called(friend)], link);
    if (joined.code !== 0) return false;
  }
  return made.code === 0;
}

/** Who has what Ada wrote last, as her own `fernspeak members` shows it. */
async function confirmed(stage: Stage): Promise<string[]> {
  const { stdout } = await stage.as('ada', ['members', NAME, '--json']);
  const { members } = JSON.parse(stdout) as { members: { name: string; me: boolean; confirmedUpTo: string | null }[] };
  return members.flatMap(({ name, me, confirmedUpTo }) => (!me && confirmedUpTo !== null ? [name] : []));
}

const threeTalk: Step = {
  title: 'Ada, Bob and Cleo by link; Cleo was offline',
  play: async (stage, show) => {
    const question = 'Dinner at eight?';
    if (!(await meet(stage))) return false;
    await say(stage, 'ada', question);
    const received: boolean[] = [];
    for (const friend of FRIENDS) {
      const { texts, findings } = await receive(stage, friend);
      received.push(texts[0] === question && findings.length === 0);
      await say(stage, friend, 'Yes.');
    }
    const receipts = await confirmed(stage);
    show(`Ada  ${question}     ✓ received by ${receipts.join(', ')}`);
    return received.every(Boolean) && receipts.join() === 'Bob,Cleo';
  },
};

const theRelayHides: Step = {
  title: 'The relay lies: it hides a message of Ada’s from Bob',
  play: async (stage, show) => {
    const hidden = await say(stage, 'ada', 'Bring the papers.');
    liars.get('bob')?.hide(hidden);
    await say(stage, 'ada', 'See you there.');
    const { texts, findings } = await receive(stage, 'bob');
    for (const { code, sentence } of findings) show(`Bob  ! ${sentence}  [${code}]`);
    return texts.at(-1) === 'See you there.' && findings.length > 0 && findings.every(({ code }) => code === 'missing');
  },
};

const theRelaySwaps: Step = {
  title: 'The relay swaps two messages for Cleo',
  play: async (stage, show) => {
    await receive(stage, 'cleo');
    const first = await say(stage, 'ada', 'At eight.');
    await say(stage, 'ada', 'Or nine.');
    liars.get('cleo')?.swap(first);
    const { findings } = await receive(stage, 'cleo');
    for (const { code, sentence } of findings) show(`Cleo ! ${sentence}  [${code}]`);
    return findings.some(({ code }) => code === 'reordered');
  },
};

export const TALK: readonly Step[] = [threeTalk, theRelayHides, theRelaySwaps];
