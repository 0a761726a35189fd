import type { FileOffer, FramedMessage } from '@fernspeak/conversation';
import type { Problem } from './problem.ts';

/** What the page is doing as a whole. */
export type Phase =
  | { readonly kind: 'starting' }
  /** `insecure`: plain http from another machine, where browsers allow no encryption. */
  | { readonly kind: 'unsupported'; readonly why: 'insecure' | 'too-old' }
  /** Another tab has the profile; `take` asks it to let go. */
  | { readonly kind: 'elsewhere'; readonly take: () => void }
  | { readonly kind: 'locked' }
  /** No profile here yet. */
  | { readonly kind: 'new' }
  | { readonly kind: 'open' };

export interface Settings {
  /** What others see; '' = nothing. */
  readonly me: string;
  readonly theme: 'system' | 'light' | 'dark';
  /** Minutes without input until the profile locks; null: never. Only with a passphrase. */
  readonly lockAfterMinutes: number | null;
  /** Says to others now and then what this device has. */
  readonly acknowledge: boolean;
  /** Of new messages while nobody looks: none, the conversation's name, or what they say too. */
  readonly notices: 'off' | 'name' | 'text';
  /** The user key of the relay's owner; null: none was given here. */
  readonly userKey: string | null;
}

export const FIRST_SETTINGS: Settings = {
  me: '',
  theme: 'system',
  lockAfterMinutes: 15,
  acknowledge: true,
  notices: 'off',
  userKey: null,
};

/** ● verified, ○ not yet, ■ changed. */
export type Trust = 'verified' | 'unverified' | 'changed';

export type Connection = 'connecting' | 'live' | 'offline' | 'stopped';

/** A message in the window, received or on its way. */
export interface ShownMessage extends Pick<FramedMessage, 'entries' | 'sender' | 'findings' | 'title' | 'kind'> {
  /** The same as long as it is shown. */
  readonly key: string;
  /** Its place in the local history; null: it is on its way. */
  readonly position: number | null;
  readonly mine: boolean;
  /** What is offered; null: it is no file. */
  readonly file: FileOffer | null;
  /** Null: it does not open, or is no text. */
  readonly text: string | null;
  readonly at: Date;
  /** Which message it is for all members. */
  readonly id: string | null;
  /** Of one's own; null for others'. */
  readonly delivery: Delivery | null;
}

export type Delivery =
  | { readonly state: 'waiting' }
  | { readonly state: 'stored' }
  /** Names of those whose devices have it. */
  | { readonly state: 'received'; readonly by: readonly string[] }
  | { readonly state: 'failed'; readonly problem: Problem };

/** Somebody who was verified, and another key that came since under the same name. */
export interface IdentityChange {
  readonly name: string;
  readonly was: string;
  readonly is: string;
}
