import type { Store } from './store.ts';

/** Which profile: `home` is its folder (else $FERNSPEAK_HOME, else the platform's data folder), `name` one of several in there (--as). */
export interface ProfileOptions {
  readonly home?: string;
  readonly name?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A channel's API keys, as given. */
export interface ChannelKeys {
  readonly write?: string;
  readonly read?: string;
}

export interface Profile {
  /** The folder where it lies. */
  readonly directory: string;
  readonly store: Store;
  /** What is remembered for a channel's full address; an empty object when nothing is. */
  channelKeys(address: string): ChannelKeys;
  /** Remembers what is given; a key that is not given stays as it was. */
  rememberChannelKeys(address: string, keys: ChannelKeys): void;
  close(): void;
}

/**
 * Opens the profile, making it at the first use. `openProfile` is synchronous; it costs about two milliseconds.
 * @throws ConversationError 'profile-exposed' | 'profile-newer' | 'profile-damaged' | 'profile-unusable' | 'bad-name'
 */
export declare function openProfile(options?: ProfileOptions): Profile;
