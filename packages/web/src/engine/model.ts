import type { Channel } from '@fernspeak/channel';
import type { ConversationMember, Finding, FramedMessage, Invite, SafetyNumber } from '@fernspeak/conversation';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { Problem } from './problem.ts';

/**
 * What the engine gives to the view: signals to read, and actions. The view changes nothing by itself. Actions reject with
 * a `Problem` when there is something that a person should be told; nothing else that the outside can cause comes out.
 */
export interface App {
  readonly phase: ReadonlySignal<Phase>;
  /** Conversations, the newest activity first. */
  readonly talks: ReadonlySignal<readonly Talk[]>;
  /** The one that is shown. */
  readonly current: ReadonlySignal<Talk | null>;
  /** False: the browser says that it is offline, or the last request found no relay. */
  readonly online: ReadonlySignal<boolean>;
  readonly settings: ReadonlySignal<Settings>;
  /** The relay that served the page: may this browser make channels there? */
  readonly home: ReadonlySignal<HomeRelay>;
  /** An invite that the address bar held, or that was pasted or scanned: shown with a button, never joined by itself. */
  readonly offered: Signal<OfferedInvite | null>;

  /** First run: makes the profile. `passphrase` null: kept on this device, without one. */
  begin(first: { readonly name: string; readonly passphrase: string | null }): Promise<void>;
  /** @throws Problem `wrong-passphrase` */
  unlock(passphrase: string): Promise<void>;
  /** Forgets the keys in memory; the next thing is `unlock`. Does nothing without a passphrase. */
  lock(): void;
  setPassphrase(was: string | null, next: string | null): Promise<void>;
  change(settings: Partial<Settings>): Promise<void>;

  show(talk: Talk | null): void;
  /** `passphrase` null: a random key, in the invite. `keepDays` null: the relay keeps everything. */
  create(making: {
    readonly name: string;
    readonly passphrase: string | null;
    readonly keepDays: number | null;
  }): Promise<Talk>;
  /** An invite's link, as it was pasted, typed or scanned. @throws Problem */
  readInvite(text: string): OfferedInvite;
  join(offered: OfferedInvite, as: { readonly name: string; readonly me: string }): Promise<Talk>;
  /** A channel with a key or a passphrase: a sensor's, a script's. Sends and reads plain messages. */
  addPlain(place: {
    readonly name: string;
    readonly address: string;
    readonly secret: string;
    readonly writeKey: string | null;
    readonly readKey: string | null;
  }): Promise<Talk>;
  /** Everything that this profile holds, sealed under a passphrase: bytes of a file to save. */
  recoveryFile(passphrase: string): Promise<Uint8Array>;
  /** On the first run only. @throws Problem `wrong-passphrase`, `not-a-recovery-file` */
  recover(file: Uint8Array, passphrase: string): Promise<void>;
  /** In all conversations; newest first. */
  search(text: string, limit: number): Promise<readonly Found[]>;
}

/** What the page is doing as a whole. */
export type Phase =
  | { readonly kind: 'starting' }
  /** `insecure`: plain http from another machine, where browsers allow no encryption. */
  | { readonly kind: 'unsupported'; readonly why: 'insecure' | 'no-ed25519' | 'no-storage' }
  /** Another tab has the profile. `take` asks it to let go; then this one opens. */
  | { readonly kind: 'elsewhere'; readonly take: () => void }
  | { readonly kind: 'locked' }
  /** No profile here yet. */
  | { readonly kind: 'new' }
  | { readonly kind: 'open' };

export interface Settings {
  /** What others see; '' = nothing. */
  readonly me: string;
  readonly hasPassphrase: boolean;
  /** Minutes without input until the profile locks; null: never. Only with a passphrase. */
  readonly lockAfterMinutes: number | null;
  readonly acknowledge: boolean;
  readonly notify: boolean;
  readonly theme: 'system' | 'light' | 'dark';
  /** Milliseconds of the epoch; null: never saved. */
  readonly recoverySavedAt: number | null;
}

export interface HomeRelay {
  /** `https://relay.example` */
  readonly origin: string;
  /** True: the user key is here, or none is needed. False: an owner's link unlocks it. Null: not known yet. */
  readonly mayCreate: boolean | null;
  /** Served from one's own machine by `fernspeak web`. */
  readonly own: boolean;
}

export interface OfferedInvite {
  readonly invite: Invite;
  /** Host and channel number, to show. */
  readonly place: string;
  /** The conversation that it leads to, when this profile has it already. */
  readonly known: Talk | null;
  /** What is allowed by it, and other things to say before joining. */
  readonly notes: readonly string[];
}

export interface Found {
  readonly talk: Talk;
  readonly message: ShownMessage;
}

/** One conversation as it is shown. */
export interface Talk {
  /** Its number in the profile; the demo has 0. */
  readonly id: number;
  /** `echo`: talking to oneself. */
  readonly kind: 'framed' | 'plain' | 'echo';
  readonly name: ReadonlySignal<string>;
  /** Where it takes place, to show: `relay.example · channel 5`. */
  readonly place: string;
  /** As it is stored, and how to reach it: for the relay's side. In memory for the echo that may create nothing. */
  readonly channel: Channel;
  readonly trust: ReadonlySignal<Trust>;
  readonly unread: ReadonlySignal<number>;
  /** Newest message, for the list. */
  readonly last: ReadonlySignal<ShownMessage | null>;
  /** The messages that are loaded, oldest first; `older` loads more. */
  readonly messages: ReadonlySignal<readonly ShownMessage[]>;
  readonly hasOlder: ReadonlySignal<boolean>;
  readonly members: ReadonlySignal<readonly ConversationMember[]>;
  /** What is loud in it, and what is wrong with the log as a whole. */
  readonly findings: ReadonlySignal<readonly Finding[]>;
  /** `live`, or why not. */
  readonly connection: ReadonlySignal<'live' | 'connecting' | 'offline' | 'stopped'>;
  /** Members whose key changed since they were verified: sending waits for a decision. */
  readonly changed: ReadonlySignal<readonly IdentityChange[]>;

  older(): Promise<void>;
  /** Accepted on this device when it resolves; what becomes of it is told by the message's `delivery`. */
  send(text: string): Promise<void>;
  /** Once more for a message that could not be sent. */
  retry(message: ShownMessage): Promise<void>;
  markRead(): Promise<void>;
  /** A link for somebody (a label), or for one's own other device. It is a secret. */
  invite(label: string): Promise<string>;
  /** Whether others can reach the channel's address. Sentence and what to do; null: they can. */
  readonly reach: { readonly message: string; readonly hint: string } | null;
  safetyNumber(member: string): SafetyNumber;
  verify(member: string, verified: boolean): Promise<void>;
  /** Four words of the history so far, to compare by voice. */
  words(): Promise<readonly string[]>;
  check(): Promise<{ readonly withheld: number; readonly findings: readonly Finding[] }>;
  exportAs(format: 'csv' | 'json'): Promise<Blob>;
  rename(name: string): Promise<void>;
  forget(): Promise<void>;
  /**
   * What this conversation's client says to another log: reads it from its beginning as a new member would, keeps nothing.
   * For "try to break it".
   */
  readAnew(log: Channel): Promise<Reading>;
}

export interface Reading {
  readonly messages: readonly ShownMessage[];
  /** Of the log as a whole. */
  readonly findings: readonly Finding[];
}

/** ● ○ ■ ⌁ */
export type Trust = 'verified' | 'unverified' | 'changed' | 'device';

export interface IdentityChange {
  readonly name: string;
  /** The key that was verified, and the one that came since. */
  readonly was: string;
  readonly is: string;
  readonly since: Date;
}

/** A message in the window, received or on its way. */
export interface ShownMessage extends Pick<
  FramedMessage,
  'entryId' | 'entries' | 'field' | 'sender' | 'findings' | 'readable' | 'title' | 'priority'
> {
  /** The same as long as it is shown, also while it goes from waiting to stored. */
  readonly key: string;
  readonly kind: FramedMessage['kind'];
  readonly mine: boolean;
  /** Null: it does not open, or is no text. */
  readonly text: string | null;
  readonly at: Date;
  /** Of one's own; null for others'. */
  readonly delivery: Delivery | null;
  /** Which message it is for all members; null: it has no number yet. */
  readonly id: string | null;
}

export type Delivery =
  | { readonly state: 'waiting' }
  | { readonly state: 'partial'; readonly stored: number; readonly total: number }
  | { readonly state: 'stored' }
  /** Names of those whose devices have it. */
  | { readonly state: 'received'; readonly by: readonly string[] }
  | { readonly state: 'failed'; readonly problem: Problem };
