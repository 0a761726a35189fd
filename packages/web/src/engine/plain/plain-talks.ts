import { parseAddress } from '@fernspeak/channel';
import { isFernetKey } from '@fernspeak/conversation';
import type { BrowserProfile } from '@fernspeak/conversation/browser-profile';
import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { deriveInWorker } from '../derive.ts';
import { Problem, problemOf } from '../problem.ts';
import { PlainTalk, type PlainAbout } from './plain-talk.ts';

/** Where the profile keeps them. */
const PLAIN_NOTE = 'plain';

/** What somebody types to read a channel. */
export interface PlainAsked {
  readonly name: string;
  readonly address: string;
  /** A key, or a passphrase. */
  readonly secret: string;
  readonly writeKey: string;
  readonly readKey: string;
}

/** The channels that this profile reads with a key. Lives until `close`. */
export class PlainTalks {
  readonly all: ReadonlySignal<readonly PlainTalk[]>;
  /** The one that is shown. */
  readonly current: Signal<PlainTalk | null> = signal(null);
  readonly #all = signal<readonly PlainTalk[]>([]);
  readonly #profile: BrowserProfile;

  constructor(profile: BrowserProfile) {
    this.#profile = profile;
    this.all = this.#all;
  }

  /** Opens those that the profile has. */
  async open(): Promise<this> {
    const kept = await this.#profile.note(PLAIN_NOTE);
    for (const about of kept === null ? [] : (JSON.parse(kept) as PlainAbout[])) this.#add(about);
    return this;
  }

  close(): void {
    for (const talk of this.#all.value) talk.close();
  }

  /** @param reaches whether this page may talk to an address @throws Problem */
  async add(asked: PlainAsked, reaches: (address: string) => boolean): Promise<PlainTalk> {
    const { address, place } = addressOf(asked.address);
    if (!reaches(address)) {
      throw new Problem('elsewhere', `This page may not talk to ${new URL(address).origin}.`, {
        hint: 'Open it there, or run the app from your own computer: fernspeak web',
      });
    }
    const secret = asked.secret.trim();
    const key = isFernetKey(secret) ? secret : await deriveInWorker({ secret: asked.secret, place });
    const name = asked.name.trim() === '' ? place : asked.name.trim();
    const talk = this.#add({
      name,
      address,
      key,
      writeKey: asked.writeKey.trim() || null,
      readKey: asked.readKey.trim() || null,
    });
    await this.#save();
    return talk;
  }

  async forget(talk: PlainTalk): Promise<void> {
    talk.close();
    this.#all.value = this.#all.value.filter((each) => each !== talk);
    if (this.current.value === talk) this.current.value = null;
    await this.#save();
  }

  #add(about: PlainAbout): PlainTalk {
    const talk = new PlainTalk(about, this.#profile.store);
    talk.open();
    this.#all.value = [...this.#all.value, talk];
    return talk;
  }

  async #save(): Promise<void> {
    const all = this.#all.value.map(({ about }) => about);
    await this.#profile.saveNote(PLAIN_NOTE, all.length === 0 ? null : JSON.stringify(all));
  }
}

function addressOf(text: string): { readonly address: string; readonly place: string } {
  try {
    const { kind, address, place } = parseAddress(text.trim());
    if (kind === 'http') return { address, place };
  } catch (error) {
    throw problemOf(error);
  }
  throw new Problem('not-a-channel', 'A browser reads channels on a server alone.', {
    hint: 'An address is https://HOST/channels/NUMBER.',
  });
}
