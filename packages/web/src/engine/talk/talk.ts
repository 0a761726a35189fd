import { openHttpChannel, parseAddress, type Channel, type MemoryChannel } from '@fernspeak/channel';
import {
  FramedConversation,
  inviteLink,
  type About,
  type ConversationMember,
  type Device,
  type Finding,
  type FramedMessage,
  type Invite,
  type KnownConversation,
  type SafetyNumber,
  type Store,
} from '@fernspeak/conversation';
import { batch, computed, signal, type ReadonlySignal } from '@preact/signals';
import type { Connection, IdentityChange, ShownMessage, Trust } from '../model.ts';
import { costOf, type Cost } from './cost.ts';
import { Following } from './following.ts';
import { Outgoing } from './outgoing.ts';
import { Problem } from '../problem.ts';
import { receiptsOf, withReceipts } from './receipts.ts';
import { isShown, shownOf } from './shown.ts';
import { WatchedChannel } from './watched-channel.ts';

/** So many messages are loaded at first, and more at a time. */
const PAGE = 100;
export interface TalkOptions extends KnownConversation {
  readonly store: Store;
  readonly device: Device;
  readonly acknowledge: boolean;
  /** Default: the one at the conversation's address. */
  readonly channel?: Channel | undefined;
}

/** What a client that keeps nothing says to a log, read from its beginning. */
export interface Reading {
  readonly messages: readonly ShownMessage[];
  /** Of the log as a whole. */
  readonly findings: readonly Finding[];
}

/** One conversation of this profile, as it is shown. Lives until `close`. */
export class Talk {
  readonly id: number;
  readonly about: About;
  readonly channel: WatchedChannel;
  /** For what comes later than the first message. */
  readonly conversation: FramedConversation;
  readonly me: string;
  readonly name: ReadonlySignal<string>;
  readonly hasOlder: ReadonlySignal<boolean>;
  readonly members: ReadonlySignal<readonly ConversationMember[]>;
  readonly findings: ReadonlySignal<readonly Finding[]>;
  readonly connection: ReadonlySignal<Connection>;
  readonly unread: ReadonlySignal<number>;
  /** Counts parts of files as they come. */
  readonly parts: ReadonlySignal<number>;
  /** Oldest first; what is on its way stands at the end. */
  readonly messages: ReadonlySignal<readonly ShownMessage[]>;
  readonly last: ReadonlySignal<ShownMessage | null>;
  readonly trust: ReadonlySignal<Trust>;
  /** Sending waits for a decision about these. */
  readonly changed: ReadonlySignal<readonly IdentityChange[]>;
  readonly #following: Following;
  readonly #ended = new AbortController();
  readonly #outgoing: Outgoing;
  readonly #name = signal('');
  readonly #window = signal<readonly ShownMessage[]>([]);
  readonly #hasOlder = signal(false);
  readonly #members = signal<readonly ConversationMember[]>([]);
  readonly #findings = signal<readonly Finding[]>([]);
  readonly #logFindings = signal<readonly Finding[]>([]);
  readonly #unread = signal(0);
  readonly #parts = signal(0);
  #visible = false;

  constructor({ id, about, store, device, acknowledge, channel }: TalkOptions) {
    this.id = id;
    this.about = about;
    this.me = device.id;
    this.channel = new WatchedChannel(channel ?? channelAt(about), () => void this.#following.lost());
    this.conversation = new FramedConversation({ id, about, channel: this.channel, store, device });
    this.#outgoing = new Outgoing(this.conversation, this.#ended.signal);
    this.#following = new Following({
      channel: this.channel,
      conversation: this.conversation,
      acknowledge,
      signal: this.#ended.signal,
      onMessages: (messages) => this.#take(messages),
      onFinding: (finding) => (this.#logFindings.value = [...this.#logFindings.value, finding]),
      onLive: () => this.#outgoing.flush(),
    });
    this.#name.value = about.name;
    this.name = this.#name;
    this.hasOlder = this.#hasOlder;
    this.members = this.#members;
    this.connection = this.#following.connection;
    this.unread = this.#unread;
    this.parts = this.#parts;
    this.findings = computed(() => [...this.#logFindings.value, ...this.#findings.value]);
    this.messages = computed(() => [...this.#window.value, ...this.#outgoing.pending.value]);
    this.last = computed(() => this.messages.value.findLast(({ kind }) => kind !== 'ack') ?? null);
    this.changed = computed(() => changesAmong(this.#members.value));
    this.trust = computed(() => trustOf(this.#members.value));
  }

  /** Loads what this device has, and begins to follow the channel. */
  async open(): Promise<void> {
    await this.#load(PAGE);
    void this.#following.run();
    this.#outgoing.flush();
  }

  /** Aborted by `close`. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  close(): void {
    this.#ended.abort();
  }

  /** The network is back: tries again at once. */
  wake(): void {
    this.#following.wake();
    this.#outgoing.flush();
  }

  older(): Promise<void> {
    return this.#load(this.#window.value.length + 2 * PAGE);
  }

  /**
   * Accepted on this device when it resolves.
   *
   * @throws Problem `identity-changed`: somebody must be verified first, unless `anyway`
   */
  async send(text: string, { anyway = false }: { readonly anyway?: boolean } = {}): Promise<void> {
    const [change] = this.changed.value;
    if (change && !anyway) {
      const hint = `Verify ${change.name} again, or send it anyway once.`;
      throw new Problem('identity-changed', `${change.name} has a new identity. Your message waits.`, { hint });
    }
    await this.#outgoing.send(text);
  }

  /** What sending a text takes, and what the relay will see of it. */
  costOf(text: string): Cost {
    return costOf(this.conversation.sizeOf({ text }), this.channel.limits.value, this.#outgoing.pending.value.length);
  }

  async retry(message: ShownMessage): Promise<void> {
    this.#outgoing.dismiss(message);
    if (message.text !== null) await this.#outgoing.send(message.text);
  }

  dismiss(message: ShownMessage): void {
    this.#outgoing.dismiss(message);
  }

  /** Whether somebody looks at it: then what comes is received. */
  async look(visible: boolean): Promise<void> {
    this.#visible = visible;
    if (!visible) return;
    this.#unread.value = 0;
    await this.#following.commit();
  }

  /** The link of a new invite; a secret. `label`: whom it is for. `name`: what they are offered to call themselves. */
  async invite(label: string, name?: string): Promise<string> {
    const invite = { ...(await this.rawInvite(label)), ...(name === undefined ? {} : { name }) };
    const address = parseAddress(this.about.address);
    return inviteLink(invite, address.kind === 'http' ? { app: `${new URL(address.address).origin}/` } : {});
  }

  /** The same before it is a link. */
  rawInvite(label: string): Promise<Invite> {
    return this.conversation.invite(label);
  }

  /** True: the channel is in this page alone. */
  get isInMemory(): boolean {
    return this.about.address.startsWith('memory:');
  }

  /** True: others cannot reach the channel's address. */
  get isOnlyHere(): boolean {
    return this.about.place.startsWith('localhost/');
  }

  safetyNumber(member: string): SafetyNumber {
    return this.conversation.safetyNumber(member);
  }

  async verify(member: string, verified: boolean): Promise<void> {
    await this.conversation.verify(member, verified);
    await this.#load(this.#window.value.length);
  }

  words(): Promise<readonly string[]> {
    return this.conversation.words();
  }

  /** Reads everything again; how many messages the channel does not give any more. */
  async check(): Promise<number> {
    const { withheld } = await this.conversation.check({ signal: this.#ended.signal });
    this.#logFindings.value = [];
    await this.#load(this.#window.value.length);
    return withheld;
  }

  async forget(): Promise<void> {
    this.close();
    await this.conversation.forget();
  }

  greet(): Promise<unknown> {
    return this.conversation.greet({ signal: this.#ended.signal });
  }

  /** All of it, oldest first, from this device alone. `after`: what stands behind this position. */
  history({ after = 0 }: { readonly after?: number } = {}): Promise<readonly FramedMessage[]> {
    return this.conversation.history({ after });
  }

  /** What a client of this conversation says to another log. Nothing is kept. */
  async readAnew(log: MemoryChannel): Promise<Reading> {
    const { readAnew } = await import('./read-anew.ts');
    return readAnew(log, this.about, this.me);
  }

  async #load(count: number): Promise<void> {
    const history = await this.conversation.history({ last: count + 1 });
    const [members, findings] = await Promise.all([this.conversation.members(), this.conversation.findings()]);
    const shown = history.slice(-count).filter(isShown);
    const messages = shown.map((message) => shownOf(message, this.me));
    batch(() => {
      this.#hasOlder.value = history.length > count;
      this.#window.value = messages;
      this.#members.value = members;
      this.#findings.value = findings;
    });
    await this.#lookForReceipts();
  }

  async #take(messages: readonly FramedMessage[]): Promise<void> {
    const newest = this.#window.value.at(-1)?.position ?? 0;
    const parts = messages.filter(({ kind }) => kind === 'chunk' || kind === 'end').length;
    const fresh = messages.filter((message) => message.position > newest && isShown(message));
    const shown = fresh.map((message) => shownOf(message, this.me));
    batch(() => {
      this.#parts.value += parts;
      for (const { mine, kind } of shown) if (mine && kind === 'text') this.#outgoing.cameBack();
      this.#append(shown);
      if (!this.#visible) this.#unread.value += shown.filter(countsAsUnread).length;
    });
    const known = new Set(this.#members.value.map(({ id }) => id));
    if (messages.some(({ kind, sender }) => kind === 'hello' || !known.has(sender?.id ?? ''))) {
      await this.#load(Math.max(PAGE, this.#window.value.length));
    } else if (messages.some(({ findings }) => findings.length > 0)) {
      this.#findings.value = await this.conversation.findings();
    }
    if (this.#visible) await this.#following.commit();
    await this.#lookForReceipts();
  }

  /** Of very many at once the newest are shown, and the others come when somebody scrolls there. */
  #append(shown: readonly ShownMessage[]): void {
    if (shown.length === 0) return;
    const isMany = shown.length > PAGE;
    this.#window.value = isMany ? shown.slice(-PAGE) : [...this.#window.value, ...shown];
    if (isMany) this.#hasOlder.value = true;
  }

  async #lookForReceipts(): Promise<void> {
    const asked = { messages: this.#window.value, members: this.#members.value, me: this.me };
    const by = await receiptsOf(this.conversation, asked);
    if (by.size > 0) this.#window.value = withReceipts(this.#window.value, by);
  }
}

/** The channel of a conversation, with its keys. @throws ChannelError for a file: a browser has none */
function channelAt({ address, writeKey, readKey }: About): Channel {
  return openHttpChannel({ address, writeKey: writeKey ?? undefined, readKey: readKey ?? undefined });
}

function countsAsUnread({ mine, kind }: ShownMessage): boolean {
  return !mine && (kind === 'text' || kind === 'file');
}

function changesAmong(members: readonly ConversationMember[]): IdentityChange[] {
  return members.flatMap(({ id, sameAs, verified, me }) =>
    sameAs?.verified === true && !verified && !me ? [{ name: sameAs.name ?? '', was: sameAs.id, is: id }] : [],
  );
}

function trustOf(members: readonly ConversationMember[]): Trust {
  if (changesAmong(members).length > 0) return 'changed';
  const others = members.filter(({ me }) => !me);
  return others.length > 0 && others.every(({ verified }) => verified) ? 'verified' : 'unverified';
}
