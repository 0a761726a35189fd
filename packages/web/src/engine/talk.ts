import { openHttpChannel, parseAddress, type Channel, type MemoryChannel } from '@fernspeak/channel';
import {
  FramedConversation,
  inviteLink,
  shownName,
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
import type { Connection, IdentityChange, ShownMessage, Trust } from './model.ts';
import { Outgoing } from './outgoing.ts';
import { Problem, problemOf } from './problem.ts';
import { isShown, shownOf } from './shown.ts';
import { WatchedChannel } from './watched-channel.ts';

/** So many messages are loaded at first, and more at a time. */
const PAGE = 100;
/** So many of one's own newest messages are asked about. */
const ASKED_ABOUT = 30;
/** Waiting times after a connection that ended, in milliseconds. */
const RETRY_MS = [500, 1000, 2000, 5000, 10_000, 30_000] as const;

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
  readonly channel: Channel;
  readonly me: string;
  readonly name: ReadonlySignal<string>;
  readonly hasOlder: ReadonlySignal<boolean>;
  readonly members: ReadonlySignal<readonly ConversationMember[]>;
  readonly findings: ReadonlySignal<readonly Finding[]>;
  readonly connection: ReadonlySignal<Connection>;
  readonly unread: ReadonlySignal<number>;
  /** Oldest first; what is on its way stands at the end. */
  readonly messages: ReadonlySignal<readonly ShownMessage[]>;
  readonly last: ReadonlySignal<ShownMessage | null>;
  readonly trust: ReadonlySignal<Trust>;
  /** Sending waits for a decision about these. */
  readonly changed: ReadonlySignal<readonly IdentityChange[]>;
  readonly #conversation: FramedConversation;
  readonly #acknowledge: boolean;
  readonly #ended = new AbortController();
  readonly #outgoing: Outgoing;
  readonly #name = signal('');
  readonly #window = signal<readonly ShownMessage[]>([]);
  readonly #hasOlder = signal(false);
  readonly #members = signal<readonly ConversationMember[]>([]);
  readonly #findings = signal<readonly Finding[]>([]);
  readonly #logFindings = signal<readonly Finding[]>([]);
  readonly #connection = signal<Connection>('connecting');
  readonly #unread = signal(0);
  #commit: () => Promise<void> = async () => {};
  #wake: () => void = () => {};
  #visible = false;

  constructor({ id, about, store, device, acknowledge, channel }: TalkOptions) {
    this.id = id;
    this.about = about;
    this.me = device.id;
    this.#acknowledge = acknowledge;
    this.channel = new WatchedChannel(channel ?? channelAt(about), () => void this.#lost());
    this.#conversation = new FramedConversation({ id, about, channel: this.channel, store, device });
    this.#outgoing = new Outgoing(this.#conversation, this.#ended.signal);
    this.#name.value = about.name;
    this.name = this.#name;
    this.hasOlder = this.#hasOlder;
    this.members = this.#members;
    this.connection = this.#connection;
    this.unread = this.#unread;
    this.findings = computed(() => [...this.#logFindings.value, ...this.#findings.value]);
    this.messages = computed(() => [...this.#window.value, ...this.#outgoing.pending.value]);
    this.last = computed(() => this.messages.value.findLast(({ kind }) => kind !== 'ack') ?? null);
    this.changed = computed(() => changesAmong(this.#members.value));
    this.trust = computed(() => trustOf(this.#members.value));
  }

  /** Loads what this device has, and begins to follow the channel. */
  async open(): Promise<void> {
    await this.#load(PAGE);
    void this.#follow();
    this.#outgoing.flush();
  }

  close(): void {
    this.#ended.abort();
    this.#wake();
  }

  /** The network is back: tries again at once. */
  wake(): void {
    this.#wake();
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

  /** How many characters the relay will see of a text. */
  sizeOf(text: string): number {
    return this.#conversation.sizeOf({ text });
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
    await this.#commit();
  }

  /** The link of a new invite; a secret. `label`: whom it is for. */
  async invite(label: string): Promise<string> {
    const invite = await this.rawInvite(label);
    const address = parseAddress(this.about.address);
    return inviteLink(invite, address.kind === 'http' ? { app: `${new URL(address.address).origin}/` } : {});
  }

  /** The same before it is a link. */
  rawInvite(label: string): Promise<Invite> {
    return this.#conversation.invite(label);
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
    return this.#conversation.safetyNumber(member);
  }

  async verify(member: string, verified: boolean): Promise<void> {
    await this.#conversation.verify(member, verified);
    await this.#load(this.#window.value.length);
  }

  words(): Promise<readonly string[]> {
    return this.#conversation.words();
  }

  /** Reads everything again; how many messages the channel does not give any more. */
  async check(): Promise<number> {
    const { withheld } = await this.#conversation.check({ signal: this.#ended.signal });
    this.#logFindings.value = [];
    await this.#load(this.#window.value.length);
    return withheld;
  }

  async forget(): Promise<void> {
    this.close();
    await this.#conversation.forget();
  }

  greet(): Promise<unknown> {
    return this.#conversation.greet({ signal: this.#ended.signal });
  }

  /** All of it, oldest first, from this device alone. */
  history(): Promise<readonly FramedMessage[]> {
    return this.#conversation.history({ after: 0 });
  }

  /** What a client of this conversation says to another log. Nothing is kept. */
  async readAnew(log: MemoryChannel): Promise<Reading> {
    const { readAnew } = await import('./read-anew.ts');
    return readAnew(log, this.about, this.me);
  }

  async #load(count: number): Promise<void> {
    const history = await this.#conversation.history({ last: count + 1 });
    const [members, findings] = await Promise.all([this.#conversation.members(), this.#conversation.findings()]);
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

  async #follow(): Promise<void> {
    for (let failures = 0; !this.#ended.signal.aborted; failures++) {
      try {
        await this.#followOnce(() => (failures = 0));
      } catch (error) {
        if (this.#ended.signal.aborted) return;
        const { code } = problemOf(error);
        this.#connection.value = code === 'unauthorized' || code === 'not-found' ? 'stopped' : 'offline';
      }
      await this.#pause(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 0);
    }
  }

  async #followOnce(alive: () => void): Promise<void> {
    // an answer of the channel is what makes it live: following alone waits in silence
    await this.channel.info({ signal: this.#ended.signal });
    this.#connection.value = 'live';
    alive();
    this.#outgoing.flush();
    const unread = this.#conversation.follow({
      signal: this.#ended.signal,
      acknowledge: this.#acknowledge,
      onFinding: (finding) => (this.#logFindings.value = [...this.#logFindings.value, finding]),
    });
    this.#commit = () => unread.commit();
    for await (const message of unread) {
      alive();
      await this.#take(message);
    }
  }

  async #take(message: FramedMessage): Promise<void> {
    const window = this.#window.value;
    const newest = window.at(-1)?.position ?? 0;
    if (message.position > newest && isShown(message)) {
      const shown = shownOf(message, this.me);
      batch(() => {
        if (shown.mine && shown.kind === 'text') this.#outgoing.cameBack();
        this.#window.value = [...window, shown];
        if (!shown.mine && shown.kind === 'text' && !this.#visible) this.#unread.value += 1;
      });
    }
    if (message.kind === 'hello' || !this.#members.value.some(({ id }) => id === message.sender?.id)) {
      await this.#load(Math.max(PAGE, this.#window.value.length));
    } else if (message.findings.length > 0) this.#findings.value = await this.#conversation.findings();
    if (this.#visible) await this.#commit();
    await this.#lookForReceipts();
  }

  /** Who has one's newest messages. */
  async #lookForReceipts(): Promise<void> {
    const names = new Map(this.#members.value.map((member) => [member.id, shownName(member)]));
    const own = this.#window.value.filter(({ mine, id }) => mine && id !== null).slice(-ASKED_ABOUT);
    const by = new Map<string, readonly string[]>();
    for (const { key, id } of own) {
      const keys = (await this.#conversation.receivedBy(id ?? '')).filter((each) => each !== this.me);
      if (keys.length > 0)
        by.set(
          key,
          keys.map((each) => names.get(each) ?? each),
        );
    }
    if (by.size === 0) return;
    this.#window.value = this.#window.value.map((message) => {
      const names = by.get(message.key);
      if (!names) return message;
      const told = message.delivery?.state === 'received' ? message.delivery.by : [];
      return names.length === told.length ? message : { ...message, delivery: { state: 'received', by: names } };
    });
  }

  /** The follower has lost the channel, and tries again by itself; here only until it answers. */
  async #lost(): Promise<void> {
    if (this.#connection.value === 'offline') return;
    this.#connection.value = 'offline';
    for (let tries = 0; !this.#ended.signal.aborted; tries++) {
      await this.#pause(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] ?? 0);
      try {
        await this.channel.info({ signal: this.#ended.signal });
        this.#connection.value = 'live';
        this.#outgoing.flush();
        return;
      } catch {
        // still away
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** The channel of a conversation, with its keys. @throws ChannelError for a file: a browser has none */
function channelAt({ address, writeKey, readKey }: About): Channel {
  return openHttpChannel({ address, writeKey: writeKey ?? undefined, readKey: readKey ?? undefined });
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
