import { strict as assert } from 'node:assert';
import type { Channel, Limits } from '@fernspeak/channel';
import { Fernet } from '@fernspeak/fernet';
import { isConversationError, type Store } from '../../src/index.ts';
import { textOf } from '../../src/content.ts';
import { conversationIdBytes, rememberConversation, type About } from '../../src/framed/about.ts';
import type { FramedConversation } from '../../src/framed/conversation.ts';
import { fernetSeal, type FramedSeal } from '../../src/framed/seal.ts';
import { emptyState, fold, type JournalEntry, type State } from '../../src/framed/state.ts';
import type { Device } from '../../src/identity/device.ts';
import { memoryStore } from '../../src/memory.ts';
import { steppingClock, type SteppingClock } from './clock.ts';
import { LyingRelay } from './lying-relay.ts';
import { device, member, shared } from './members.ts';
import { Killed, mortal, type Death } from './mortal.ts';

const NAMES: readonly string[] = ['ada', 'bob', 'cai', 'dee', 'eli', 'fay'];

/** What a member's program does; `process` 0 or 1: two programs on one profile. */
export interface Act {
  readonly does: 'send' | 'read' | 'long' | 'check' | 'flush';
  readonly who: number;
  readonly process: number;
  readonly death: Death | null;
}

interface Person {
  readonly name: string;
  readonly number: number;
  readonly store: Store;
  readonly channel: Channel;
  readonly id: string;
  /** The running programs. */
  readonly processes: (FramedConversation | null)[];
}

export interface StoryOptions {
  readonly members: number;
  readonly limits?: Partial<Limits>;
  /** What each member keeps things in. Default: memory. */
  readonly newStore?: () => Store;
}

/** Some members of one conversation, and the relay between them. */
export class Story {
  readonly clock: SteppingClock = steppingClock();
  readonly relay: LyingRelay;
  readonly about: About;
  readonly people: Person[] = [];
  /** What each key really said: key → texts. */
  readonly said: Map<string, Set<string>> = new Map();
  /** Texts whose `send` was answered as stored. */
  readonly stored: string[] = [];
  /** The last number of what was forged. */
  forged = 0;
  #texts = 0;

  readonly #newStore: () => Store;

  private constructor(about: About, { limits = {}, newStore = memoryStore }: StoryOptions) {
    this.about = about;
    this.#newStore = newStore;
    this.relay = new LyingRelay(this.clock, limits);
  }

  static async begin(options: StoryOptions): Promise<Story> {
    const story = new Story(shared(), options);
    for (let number = 0; number < options.members; number++) await story.join();
    return story;
  }

  async join(): Promise<Person> {
    const number = this.people.length;
    const name = NAMES[number] ?? '';
    const channel = this.relay.channel(name);
    const { id } = await device(number);
    const person: Person = { name, number, store: this.#newStore(), channel, id, processes: [null, null] };
    this.people.push(person);
    this.said.set(id, new Set());
    return person;
  }

  person(who: number): Person {
    const person = this.people[who % this.people.length];
    assert.ok(person);
    return person;
  }

  /** A program of a member, which lives until it is killed. */
  async program(who: number, process = 0): Promise<FramedConversation> {
    const person = this.person(who);
    const { store, channel, number, processes } = person;
    return (processes[process] ??= await member({ about: this.about, channel, store, number, clock: this.clock }));
  }

  /** What a member's programs have saved. */
  async journal(who: number): Promise<readonly string[]> {
    const { store } = this.person(who);
    return (await store.load(await rememberConversation(store, this.about), null)).entries;
  }

  /** What a member knows. */
  async known(who: number): Promise<State> {
    return stateOf(this.about, { me: this.person(who).id, journal: await this.journal(who) });
  }

  /** Everybody else's names. */
  others(who: number): string[] {
    const { name } = this.person(who);
    return this.people.map((each) => each.name).filter((each) => each !== name);
  }

  /** One act; a program that is killed in it is started anew the next time. */
  async act(act: Act): Promise<void> {
    this.clock.step();
    const person = this.person(act.who);
    const { store, channel, number } = person;
    const program = await this.program(act.who, act.process);
    if (act.death === null) return this.#do(act, program, person);
    const { about, clock } = this;
    try {
      const parts = mortal(act.death, { store, channel });
      await this.#do(act, await member({ about, number, clock, ...parts }), person);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
    person.processes[act.process] = null;
  }

  async #do({ does }: Act, program: FramedConversation, person: Person): Promise<void> {
    if (does === 'read') return void (await readAll(program));
    if (does === 'check') return void (await program.check());
    if (does === 'flush') return void (await program.flush());
    const text = `${person.name} ${++this.#texts}`.padEnd(does === 'long' ? 600 : 0, '.');
    this.said.get(person.id)?.add(text);
    try {
      const { status } = await program.send({ text });
      if (status === 'stored') this.stored.push(text);
    } catch (error) {
      if (!isConversationError(error, 'refused')) throw error;
    }
  }

  async send(who: number): Promise<void> {
    await this.act({ does: 'send', who, process: 0, death: null });
  }

  async read(who: number): Promise<void> {
    await this.act({ does: 'read', who, process: 0, death: null });
  }

  /** The codes of what is loud for a member. */
  async loud(who: number): Promise<string[]> {
    return (await (await this.program(who)).findings()).map(({ code }) => code);
  }

  async words(who: number): Promise<string> {
    return (await (await this.program(who)).words()).join(' ');
  }

  /** Everybody reads and speaks, that many times. */
  async rounds(count: number): Promise<void> {
    for (let round = 0; round < count; round++) {
      for (const { number } of this.people) await this.send(number);
    }
    for (const { number } of this.people) await this.read(number);
  }

  /**
   * What must hold whatever the relay does: nothing forged is shown as good, nothing is shown twice, nobody is said to have
   * what was not given to them, and no number stands for two messages.
   */
  async judge(): Promise<void> {
    const given = new Map<string, Set<string>>();
    for (const { number, name, id: key } of this.people) {
      const seen = new Set<string>();
      given.set(key, seen);
      for (const { sender, content, id, kind } of await (await this.program(number)).history({ after: 0 })) {
        if (!sender || kind !== 'text') continue;
        const text = content && textOf(content);
        assert.ok(text !== null && this.said.get(sender.id)?.has(text), `${name} was shown a forged ${text}`);
        assert.ok(id !== null && !seen.has(id), `${name} was shown ${text} twice`);
        seen.add(id);
      }
    }
    for (const { number, id: key } of this.people) {
      const program = await this.program(number);
      for (const id of given.get(key) ?? []) {
        for (const receiver of await program.receivedBy(id)) {
          assert.ok(given.get(receiver)?.has(id), 'a message is said to be received where it never came');
        }
      }
    }
    const numbers = new Map<string, string>();
    const seal = sealOf(this.about, await device(0));
    for (const entries of this.relay.accepted) {
      const texts = entries.flatMap((fields) => fields.filter((text) => text !== null));
      for (const { frame } of await seal.open(texts)) {
        if (!frame) continue;
        const key = `${frame.from} ${frame.n}`;
        assert.equal(numbers.get(key) ?? frame.t, frame.t, `number ${frame.n} was used twice`);
        numbers.set(key, frame.t);
      }
    }
  }
}

async function readAll(program: FramedConversation): Promise<string[]> {
  const unread = program.unread();
  const ids: string[] = [];
  for await (const { id, position } of unread) ids.push(id ?? `${position}`);
  await unread.commit();
  return ids;
}

export function sealOf(about: About, device: Device): FramedSeal {
  return fernetSeal({ key: about.key, conversationId: conversationIdBytes(about), device });
}

/** A token that opens with the conversation's key and is no frame. */
export function plainToken({ key }: About, text: string): string {
  return new Fernet(key).encrypt(text);
}

/** What a journal comes to. */
export function stateOf(about: About, { me, journal }: { me: string; journal: readonly string[] }): State {
  const state = emptyState({ conversationId: conversationIdBytes(about), me });
  for (const entry of journal) fold(state, JSON.parse(entry) as JournalEntry);
  return state;
}
