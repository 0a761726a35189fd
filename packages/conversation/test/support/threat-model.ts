// Ada and Bob, what somebody else can make, and what docs/threat-model.md says of it.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MemoryChannel, type Channel, type Fields } from '@fernspeak/channel';
import { Fernet } from '@fernspeak/fernet';
import { utf8 } from '../../src/bytes.ts';
import { AT, layOut, signedBytes, type Seen } from '../../src/frame/layout.ts';
import { conversationIdBytes, invitedConversation, type About } from '../../src/framed/about.ts';
import type { FramedConversation } from '../../src/framed/conversation.ts';
import type { Written } from '../../src/framed/seal.ts';
import type { FramedMessage, Invite } from '../../src/index.ts';
import { device, member, receive, shared } from './members.ts';
import { sealOf } from './story.ts';

export const PLACE: { address: string; place: string } = { address: 'memory:here', place: 'memory:here' };
/** Numbers of devices. */
export const ADA = 0;
export const BOB = 1;
export const CAI = 2;
export const MALLORY = 9;

/** A sentence of the threat model, and the test that tries it. */
export type Claim = (sentence: string, attempt: () => Promise<void>) => void;

/** For one section of docs/threat-model.md. `complete`, at the end: that each of its list items was tried, and nothing else. */
export function claimsOf(heading: string): { readonly claim: Claim; readonly complete: () => void } {
  const tried = new Set<string>();
  return {
    claim: (sentence, attempt) => {
      tried.add(sentence);
      void test(sentence, attempt);
    },
    complete: () => void test('each of these sentences is tried', () => assert.deepEqual(sentences(heading), tried)),
  };
}

/** The list items of a section, each on one line. */
function sentences(heading: string): Set<string> {
  const document = readFileSync(new URL('../../../../docs/threat-model.md', import.meta.url), 'utf8');
  const [, section = ''] = document.split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  return new Set(Array.from(own.matchAll(/^- ([^]*?)(?=\n(?:- |\n))/gm), ([, text = '']) => text.replace(/\s+/g, ' ')));
}

export interface Scene {
  readonly about: About;
  readonly channel: Channel;
  readonly ada: FramedConversation;
  readonly bob: FramedConversation;
}

/** Ada and Bob have said who they are, and something, and have read it all. */
export async function scene(
  channel: Channel = new MemoryChannel(PLACE),
  { about = shared(), bobs = channel }: { about?: About; bobs?: Channel } = {},
): Promise<Scene> {
  const ada = await member({ about: { ...about, me: 'Ada' }, channel, number: ADA });
  const bob = await member({ about: { ...about, me: 'Bob' }, channel: bobs, number: BOB });
  await ada.greet();
  await bob.greet();
  await ada.send({ text: 'one' });
  await bob.send({ text: 'two' });
  for (const each of [ada, bob]) await receive(each);
  return { about, channel, ada, bob };
}

export async function stored(channel: Channel): Promise<string[]> {
  const strings: string[] = [];
  for await (const { fields } of channel.read({ after: 0 })) strings.push(...fields.filter((text) => text !== null));
  return strings;
}

export function append(channel: Channel, strings: readonly string[]): Promise<number[]> {
  return channel.append(strings.map((text): Fields => [text]));
}

export async function loud(conversation: FramedConversation): Promise<string[]> {
  return (await conversation.findings()).map(({ code }) => code);
}

/** What is new, as it is shown. */
export async function news(conversation: FramedConversation): Promise<FramedMessage[]> {
  const unread: AsyncIterable<FramedMessage> & { commit(): Promise<void> } = conversation.unread();
  const messages: FramedMessage[] = [];
  for await (const message of unread) messages.push(message);
  await unread.commit();
  return messages;
}

/** Nobody was harmed: the others still hear each other, and have one history. */
export async function talkOn({ ada, bob }: Scene): Promise<void> {
  for (const each of [ada, bob]) await receive(each);
  const before = await Promise.all([loud(ada), loud(bob)]);
  await ada.send({ text: 'still here' });
  const [heard] = (await receive(bob)).slice(-1);
  assert.equal(heard, 'still here');
  await bob.send({ text: 'so am I' });
  assert.deepEqual((await receive(ada)).slice(-1), ['so am I']);
  await receive(bob);
  assert.deepEqual(await ada.words(), await bob.words());
  assert.deepEqual(await Promise.all([loud(ada), loud(bob)]), before);
}

/** A message that Mallory signs. */
export async function signed(about: About, n: number, content: Written, seen: Seen | null = null): Promise<string> {
  return (await sealOf(about, await device(MALLORY)).seal(content, { n, seen })).sealed;
}

export function text(words: string, at: number = Date.now()): Written {
  return { kind: 'text', at, body: utf8(words) };
}

export function hello(name: string, invite?: string): Written {
  return { kind: 'hello', at: Date.now(), name, ...(invite === undefined ? {} : { invite }) };
}

/** The frames on the channel, which the key opens. */
export async function frames({ about, channel }: Scene): Promise<Uint8Array[]> {
  const fernet = new Fernet(about.key);
  return (await stored(channel)).map((token) => fernet.decrypt(token));
}

export function sealed(about: About, frame: Uint8Array): string {
  return new Fernet(about.key).encryptAtTime(frame, 0);
}

/** A frame of any header, in anybody's name, signed by Mallory. */
export async function signedByMallory(
  about: About,
  { from, n, header, seen = null }: { from: Uint8Array; n: number; header: Uint8Array; seen?: Seen | null },
): Promise<string> {
  const frame = layOut({ from, n, seen, header, body: utf8('Send money') });
  const { sign } = await device(MALLORY);
  frame.set(await sign('fernspeak/frame/v1', signedBytes(conversationIdBytes(about), frame)), AT.signature);
  return sealed(about, frame);
}

export async function joins(
  { about, channel }: Scene,
  invite: Invite,
  who: number,
  me: string,
): Promise<FramedConversation> {
  const joined = await invitedConversation(invite, { name: about.name, me, ...PLACE, device: await device(who) });
  return member({ about: joined, channel, number: who });
}
