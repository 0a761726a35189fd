// What members, a lying relay and a key holder do, as fast-check makes it up.
import type { Fields } from '@fernspeak/channel';
import fc from 'fast-check';
import { Fernet } from '@fernspeak/fernet';
import { utf8 } from '../../src/bytes.ts';
import { seenOf } from '../../src/continuity/state.ts';
import { AT, layOut, signedBytes, type Seen } from '../../src/frame/layout.ts';
import { conversationIdBytes } from '../../src/framed/about.ts';
import type { Fate } from './lying-relay.ts';
import { device } from './members.ts';
import { plainToken, sealOf, type Act, type Story } from './story.ts';

const death = fc.record({ operation: fc.integer({ min: 1, max: 25 }), when: fc.constantFrom('before', 'after') });
/** What a member's program does, now and then killed in it. */
export const talk: fc.Arbitrary<Act> = fc.record({
  does: fc.constantFrom('send', 'send', 'read', 'read', 'long'),
  who: fc.nat({ max: 5 }),
  process: fc.nat({ max: 1 }),
  death: fc.option(death, { freq: 8 }),
});
export type Lie =
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
/** One lie; `on`: the readers who are told it, a bit for each. */
export const lie: fc.Arbitrary<Lie> = fc.oneof(
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
  if (what === 'impersonated') plaintext.set((await device(1)).publicKey, AT.from);
  return fernet.encrypt(plaintext);
}

export async function tell(story: Story, lie: Lie): Promise<void> {
  if ('answer' in lie) return void story.relay.answers.push(lie.answer);
  const names = readersOf(story, lie);
  if ('fate' in lie) story.relay.lie(lie.fate, names);
  else if ('back' in lie) story.relay.rollBack(lie.back, names);
  else if ('again' in lie) story.relay.again(lie.again, names);
  else if ('ghost' in lie) story.relay.ghost(lie.ghost, names);
  else if ('remove' in lie) story.relay.remove(lie.remove, names);
  else story.relay.inject([await made(story, lie.holder)], names);
}

function readersOf(story: Story, { on }: { readonly on: number }): string[] {
  return story.people.map(({ name }) => name).filter((_, at) => (on >> at) % 2 === 1);
}

/** What else somebody with the key, and with the keys of some devices, can put there: any frame, laid out in any way. */
export interface Strange {
  /** Whose key signs it. */
  readonly device: number;
  readonly n: number;
  /** Whose view of the history it claims: of a member, of nobody, of one who has seen nothing, a false one. */
  readonly seen: number | 'none' | 'nothing' | 'false' | 'false too' | 'false chain';
  readonly header: string;
  readonly body: string;
  readonly laid: 'alone' | 'wrapped' | 'beside' | 'cut';
  /** Of its three parts, in which order they come. */
  readonly parts: readonly number[];
  readonly on: number;
}

export const strange: fc.Arbitrary<Strange> = fc.record({
  device: fc.constantFrom(9, 9, 9, 9, 8, 0, 1),
  n: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 9 }) }, { weight: 1, arbitrary: fc.maxSafeNat() }),
  seen: fc.oneof(fc.nat({ max: 5 }), fc.constantFrom('none', 'nothing', 'false', 'false too', 'false chain')),
  header: fc.constantFrom(
    '{"at":1,"kind":"text"}',
    '{"at":1.764e12,"kind":"text","title":"disk","priority":5}',
    '{"at":1764000000000,"kind":"hello","name":"Somebody"}',
    '{"at":1764000000000,"kind":"ack"}',
    '{"at":1764000000000,"kind":"file"}',
    '{"at":1,"at":2,"kind":"text"}',
    'no JSON',
  ),
  body: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('long'.repeat(300))),
  laid: fc.constantFrom('alone', 'alone', 'alone', 'wrapped', 'beside', 'cut', 'cut'),
  parts: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 6 }),
  on: fc.nat({ max: 63 }),
});

export async function putStrange(story: Story, strange: Strange): Promise<void> {
  const { n, header, body, laid, parts } = strange;
  const { publicKey, sign } = await device(strange.device);
  const seen = await claimOf(story, strange.seen);
  const frame = layOut({ from: publicKey, n: Math.max(1, n), seen, header: utf8(header), body: utf8(body) });
  frame.set(await sign('fernspeak/frame/v1', signedBytes(conversationIdBytes(story.about), frame)), AT.signature);
  const token = new Fernet(story.about.key).encryptAtTime(frame, 0);
  const share = Math.ceil(token.length / 3);
  const part = (index: number): Fields => [
    `~strange0000.${index}.3~${token.slice((index - 1) * share, index * share - 9)}`,
    null,
    index === 3 ? token.slice(index * share - 9) : token.slice(index * share - 9, index * share),
  ];
  const entries: Readonly<Record<Strange['laid'], readonly Fields[]>> = {
    alone: [[token]],
    wrapped: [[`b'${token}'`]],
    beside: [['21.5', token, '', token, 'gAAAAA']],
    cut: parts.map(part),
  };
  for (const fields of entries[laid]) story.relay.inject(fields, readersOf(story, strange));
}

async function claimOf(story: Story, seen: Strange['seen']): Promise<Seen | null> {
  if (seen === 'none') return null;
  if (seen === 'nothing') return { t: '00'.repeat(16), h: 'ab'.repeat(16) };
  if (seen === 'false') return { t: 'ab'.repeat(16), h: 'cd'.repeat(16) };
  if (seen === 'false too') return { t: 'ab'.repeat(16), h: 'ef'.repeat(16) };
  const known = await story.known(seen === 'false chain' ? 0 : seen);
  const claim = seenOf(known.continuity);
  return claim && seen === 'false chain' ? { ...claim, h: 'ab'.repeat(16) } : claim;
}
