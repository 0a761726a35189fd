import { parseAddress } from '@fernspeak/channel';
import {
  agreedConversation,
  foundConversation,
  invitedConversation,
  rememberConversation,
  writeKeyOf,
  type About,
  type Invite,
} from '@fernspeak/conversation';
import type { BrowserProfile } from '@fernspeak/conversation/browser-profile';
import { deriveInWorker } from './derive.ts';
import type { Settings } from './model.ts';
import { Problem, problemOf, told } from './problem.ts';
import { makeChannel, setWriteKey, type Owner } from './relay.ts';
import { Talk } from './talk/talk.ts';

/** An invite that was opened, pasted or scanned; nothing is joined by that. */
export interface Offered {
  readonly invite: Invite;
  /** Where it leads, to show. */
  readonly place: string;
}

/** What a first run is told. */
export interface Beginning {
  readonly name: string;
  readonly passphrase: string | null;
  readonly alone?: boolean;
}

export interface Making {
  readonly name: string;
  /** Null: a random key, in the invite. */
  readonly passphrase: string | null;
  /** How long the relay keeps messages; null: as long as it keeps any. */
  readonly keepDays?: number | null;
}

interface EntranceParts {
  readonly profile: BrowserProfile;
  readonly settings: Settings;
  readonly owner: Owner;
  /** Whether this page can go to a channel. */
  readonly reaches: (address: string) => boolean;
  readonly talks: readonly Talk[];
}

/** How conversations come into a profile. */
export class Entrance {
  readonly #parts: EntranceParts;

  constructor(parts: EntranceParts) {
    this.#parts = parts;
  }

  /** A conversation on the home relay. @throws Problem */
  async make({ name, passphrase, keepDays = null }: Making): Promise<Talk> {
    const { owner, settings } = this.#parts;
    const { address, writeKey, readKey } = await makeChannel(owner, keepDays);
    const { place } = parseAddress(address);
    const site = { name: this.#freeName(name), address, place, me: settings.me || undefined };
    if (passphrase === null) return this.#enter(foundConversation({ ...site, writeKey, readKey }));
    const key = await told(deriveInWorker({ secret: passphrase, place }));
    const derived = await writeKeyOf(key);
    await setWriteKey(owner, address, derived);
    return this.#enter(await agreedConversation({ ...site, key, writeKey: derived, readKey }));
  }

  /** The conversation of an invite, where it is known already. */
  known({ conversationId }: Invite): Talk | null {
    const id = Array.from(conversationId, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return this.#parts.talks.find(({ about }) => about.conversationId === id) ?? null;
  }

  /** @throws Problem */
  async join({ invite, place }: Offered, { name, me }: { readonly name: string; readonly me: string }): Promise<Talk> {
    const { device } = this.#parts.profile;
    const { address } = parseAddress(invite.address);
    this.#refuseOutOfReach(address);
    const named = { name: this.#freeName(name), address, place, me: me || undefined };
    return this.#enter(await invitedConversation(invite, { ...named, device }));
  }

  /** Remembers a conversation and says hello. One that cannot be written to is not remembered. */
  async #enter(about: About): Promise<Talk> {
    const { profile, settings } = this.#parts;
    const { store, device } = profile;
    void navigator.storage.persist();
    const id = await rememberConversation(store, about);
    const talk = new Talk({ id, about, store, device, acknowledge: settings.acknowledge });
    try {
      await talk.greet();
    } catch (error) {
      await talk.forget();
      throw problemOf(error);
    }
    await talk.open();
    return talk;
  }

  #refuseOutOfReach(address: string): void {
    if (this.#parts.reaches(address)) return;
    if (parseAddress(address).kind !== 'http') {
      throw new Problem('elsewhere', 'This invite leads to a file, and a browser can open none.', {
        hint: 'Join it in a terminal: fernspeak join',
      });
    }
    const { origin } = new URL(address);
    throw new Problem(
      'elsewhere',
      `This invite leads to ${origin}, and this page may talk to ${location.origin} alone.`,
      { hint: `Open it there, or run the app from your own computer: fernspeak web` },
    );
  }

  #freeName(wanted: string): string {
    const taken = new Set(this.#parts.talks.map(({ about }) => about.name));
    const name = wanted.trim() === '' ? 'Conversation' : wanted.trim();
    for (let n = 1; ; n++) {
      const candidate = n === 1 ? name : `${name} ${n}`;
      if (!taken.has(candidate)) return candidate;
    }
  }
}
