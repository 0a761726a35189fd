import { parseAddress } from '@fernspeak/channel';
import {
  agreedConversation,
  foundConversation,
  invitedConversation,
  knownConversations,
  readInvite,
  rememberConversation,
  writeKeyOf,
  type About,
  type Invite,
} from '@fernspeak/conversation';
import {
  browserProfileState,
  createBrowserProfile,
  openBrowserProfile,
  setBrowserPassphrase,
  type BrowserProfile,
} from '@fernspeak/conversation/browser-profile';
import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { takeFragment } from './address-bar.ts';
import { deriveInWorker } from './derive.ts';
import { ECHO, ECHO_TALK, answerMyself, inviteEcho } from './echo.ts';
import { FIRST_SETTINGS, type Phase, type Settings, type ShownMessage } from './model.ts';
import { Problem, problemOf } from './problem.ts';
import { homeRelay, makeChannel, mayCreate, setWriteKey, type Owner } from './relay.ts';
import { isShown, shownOf } from './shown.ts';
import { own, takeOver, type Ownership } from './tabs.ts';
import { Talk } from './talk.ts';

const SETTINGS = 'settings';
const FOUND_AT_MOST = 50;

/** An invite that was opened, pasted or scanned; nothing is joined by that. */
export interface Offered {
  readonly invite: Invite;
  /** Where it leads, to show. */
  readonly place: string;
}

export interface Making {
  readonly name: string;
  readonly passphrase: string | null;
  readonly keepDays?: number | null;
}

export interface Found {
  readonly talk: Talk;
  readonly message: ShownMessage;
}

/** All that the view knows: signals to read, and actions, which reject with a `Problem`. */
export class App {
  readonly offered: Signal<Offered | null> = signal(null);
  /** Something went wrong that belongs to no action. */
  readonly problem: Signal<Problem | null> = signal(null);
  readonly online: Signal<boolean> = signal(navigator.onLine);
  readonly #phase = signal<Phase>({ kind: 'starting' });
  readonly #talks = signal<readonly Talk[]>([]);
  readonly #current = signal<Talk | null>(null);
  readonly #settings = signal<Settings>(FIRST_SETTINGS);
  readonly #mayCreate = signal<boolean | null>(null);
  readonly #hasPassphrase = signal(false);
  readonly #home = signal({ origin: location.origin, own: false });
  #profile: BrowserProfile | null = null;
  #ownership: Ownership | null = null;
  #ended = new AbortController();
  #givenUserKey: string | null = null;
  #lockTimer: ReturnType<typeof setTimeout> | undefined;

  readonly phase: ReadonlySignal<Phase> = this.#phase;
  readonly current: ReadonlySignal<Talk | null> = this.#current;
  readonly settings: ReadonlySignal<Settings> = this.#settings;
  /** Whether this browser may make channels on its relay; null: not known. */
  readonly mayCreate: ReadonlySignal<boolean | null> = this.#mayCreate;
  readonly hasPassphrase: ReadonlySignal<boolean> = this.#hasPassphrase;
  /** The relay on which channels are made; `own`: the page was served by `fernspeak web`. */
  readonly home: ReadonlySignal<{ readonly origin: string; readonly own: boolean }> = this.#home;
  /** The newest activity first. */
  readonly talks: ReadonlySignal<readonly Talk[]> = computed(() => {
    const at = (talk: Talk): number => talk.last.value?.at.getTime() ?? 0;
    return this.#talks.value.toSorted((a, b) => at(b) - at(a));
  });

  /** Looks what the page was opened with and what this browser has. */
  async start(): Promise<void> {
    const { invite, userKey } = takeFragment();
    this.#givenUserKey = userKey;
    if (invite !== null) this.offer(invite);
    addEventListener('hashchange', () => this.#opened());
    for (const name of ['online', 'offline']) addEventListener(name, () => this.#networkChanged());
    if (!isSecureContext) return this.#show({ kind: 'unsupported', why: 'insecure' });
    if (!(await canSign())) return this.#show({ kind: 'unsupported', why: 'too-old' });
    const ownership = await own(() => this.#letGo());
    if (ownership === null) return this.#showElsewhere();
    await this.#owning(ownership);
  }

  /** First run: makes the profile and the talk with oneself. @throws Problem */
  async begin({ name, passphrase }: { readonly name: string; readonly passphrase: string | null }): Promise<void> {
    const profile = await told(createBrowserProfile({ passphrase, derive: deriveInWorker }));
    await this.#open(profile, passphrase !== null);
    await this.change({ me: name.trim() });
    if (this.offered.value === null) await this.talkToYourself();
  }

  /** @throws Problem `wrong-passphrase` */
  async unlock(passphrase: string): Promise<void> {
    await this.#open(await told(openBrowserProfile({ passphrase, derive: deriveInWorker })), true);
  }

  /** Forgets the keys. Does nothing without a passphrase. */
  lock(): void {
    if (!this.#hasPassphrase.value || this.#profile === null) return;
    this.#closeProfile();
    this.#show({ kind: 'locked' });
  }

  /** @throws Problem `wrong-passphrase`, `empty-passphrase` */
  async setPassphrase(was: string | null, next: string | null): Promise<void> {
    // a wrong one changes nothing, and nothing is closed for it
    (await told(openBrowserProfile({ passphrase: was, derive: deriveInWorker }))).close();
    this.#closeProfile();
    let now = was;
    try {
      await told(setBrowserPassphrase({ passphrase: was, next, derive: deriveInWorker }));
      now = next;
    } finally {
      await this.#open(await openBrowserProfile({ passphrase: now, derive: deriveInWorker }), now !== null);
    }
  }

  async change(settings: Partial<Settings>): Promise<void> {
    this.#settings.value = { ...this.#settings.value, ...settings };
    await this.#profile?.saveNote(SETTINGS, JSON.stringify(this.#settings.value));
    if ('userKey' in settings) await this.#lookWhetherMayCreate();
    this.stirred();
  }

  show(talk: Talk | null): void {
    void this.#current.value?.look(false);
    this.#current.value = talk;
    void talk?.look(document.visibilityState === 'visible');
  }

  /** Somebody does something: the profile does not lock yet. */
  stirred(): void {
    clearTimeout(this.#lockTimer);
    const { lockAfterMinutes } = this.#settings.value;
    if (!this.#hasPassphrase.value || lockAfterMinutes === null) return;
    this.#lockTimer = setTimeout(() => this.lock(), lockAfterMinutes * 60_000);
  }

  /** What was pasted, scanned or opened. @throws Problem never: `problem` tells */
  offer(text: string): void {
    try {
      const invite = readInvite(text);
      this.offered.value = { invite, place: parseAddress(invite.address).place };
    } catch (error) {
      this.problem.value = problemOf(error);
    }
  }

  /**
   * A conversation on the home relay. `passphrase` null: a random key, in the invite. `keepDays` null: as long as the relay
   * keeps anything.
   *
   * @throws Problem
   */
  async create({ name, passphrase, keepDays = null }: Making): Promise<Talk> {
    const owner = this.#owner();
    const { address, writeKey, readKey } = await makeChannel(owner, keepDays);
    const { place } = parseAddress(address);
    const me = this.#settings.value.me || null;
    const site = { name: this.#freeName(name), address, place, me: me ?? undefined };
    if (passphrase === null) return this.#enter(foundConversation({ ...site, writeKey, readKey }));
    const key = await told(deriveInWorker({ secret: passphrase, place }));
    const derived = await writeKeyOf(key);
    await setWriteKey(owner, address, derived);
    return this.#enter(await agreedConversation({ ...site, key, writeKey: derived, readKey }));
  }

  /** Joins by a click; opening a link never does. @throws Problem */
  async join({ invite, place }: Offered, { name, me }: { readonly name: string; readonly me: string }): Promise<Talk> {
    const { device } = this.#unlocked();
    const known = await this.#known(invite);
    if (known) return known;
    const { address } = parseAddress(invite.address);
    this.#refuseOutOfReach(address);
    if (this.#settings.value.me === '' && me !== '') await this.change({ me });
    const named = { name: this.#freeName(name), address, place, me: me === '' ? undefined : me };
    return this.#enter(await invitedConversation(invite, { ...named, device }));
  }

  async forget(talk: Talk): Promise<void> {
    this.#talks.value = this.#talks.value.filter((each) => each !== talk);
    if (this.#current.value === talk) this.show(null);
    await talk.forget();
  }

  /** The demo: a second client in this page answers. */
  async talkToYourself(): Promise<void> {
    const there = this.#talks.value.find((talk) => talk.about.name === ECHO_TALK);
    if (there) return this.show(there);
    const { me } = this.#settings.value;
    if (this.#mayCreate.value !== true) {
      const { memoryEcho } = await import('./memory-echo.ts');
      return this.#add(await memoryEcho(me, this.#ended.signal));
    }
    const talk = await this.create({ name: ECHO_TALK, passphrase: null });
    await inviteEcho(await talk.rawInvite(ECHO), this.#ended.signal);
    await answerMyself(this.#ended.signal);
  }

  /** Messages of all conversations with a text in them, the newest first. */
  async search(text: string): Promise<readonly Found[]> {
    const wanted = folded(text);
    if (wanted === '') return [];
    const found: Found[] = [];
    for (const talk of this.#talks.value) {
      for (const message of await talk.history()) {
        if (!isShown(message)) continue;
        const shown = shownOf(message, talk.me);
        if (shown.text !== null && folded(shown.text).includes(wanted)) found.push({ talk, message: shown });
      }
    }
    return found.toSorted((a, b) => b.message.at.getTime() - a.message.at.getTime()).slice(0, FOUND_AT_MOST);
  }

  #show(phase: Phase): void {
    this.#phase.value = phase;
  }

  #opened(): void {
    const { invite, userKey } = takeFragment();
    if (invite !== null) this.offer(invite);
    if (userKey !== null) void this.change({ userKey });
  }

  #networkChanged(): void {
    this.online.value = navigator.onLine;
    if (this.online.value) for (const talk of this.#talks.value) talk.wake();
  }

  #showElsewhere(): void {
    const take = (): void => {
      this.#show({ kind: 'starting' });
      void takeOver(() => this.#letGo()).then((ownership) => this.#owning(ownership));
    };
    this.#show({ kind: 'elsewhere', take });
  }

  /** Another tab wants the profile. */
  #letGo(): void {
    this.#closeProfile();
    this.#showElsewhere();
    this.#ownership?.release();
    this.#ownership = null;
  }

  async #owning(ownership: Ownership): Promise<void> {
    this.#ownership = ownership;
    this.#home.value = await homeRelay(location.origin);
    await this.#lookWhetherMayCreate();
    const state = await browserProfileState();
    if (state === 'none') return this.#show({ kind: 'new' });
    if (state === 'locked') return this.#show({ kind: 'locked' });
    await this.#open(await openBrowserProfile(), false);
  }

  async #lookWhetherMayCreate(): Promise<void> {
    this.#mayCreate.value = await mayCreate(this.#owner());
  }

  #owner(): Owner {
    return { origin: this.#home.value.origin, userKey: this.#settings.value.userKey ?? this.#givenUserKey };
  }

  async #open(profile: BrowserProfile, hasPassphrase: boolean): Promise<void> {
    this.#profile = profile;
    this.#ended = new AbortController();
    this.#hasPassphrase.value = hasPassphrase;
    const kept = await profile.note(SETTINGS);
    this.#settings.value = { ...FIRST_SETTINGS, ...(kept === null ? {} : (JSON.parse(kept) as Partial<Settings>)) };
    if (this.#givenUserKey !== null) await this.change({ userKey: this.#givenUserKey });
    else await this.#lookWhetherMayCreate();
    for (const known of await knownConversations(profile.store)) {
      const { store, device } = profile;
      const talk = new Talk({ ...known, store, device, acknowledge: this.#settings.value.acknowledge });
      await talk.open();
      this.#talks.value = [...this.#talks.value, talk];
    }
    await answerMyself(this.#ended.signal);
    this.#show({ kind: 'open' });
    this.stirred();
  }

  #closeProfile(): void {
    clearTimeout(this.#lockTimer);
    this.#ended.abort();
    for (const talk of this.#talks.value) talk.close();
    this.#talks.value = [];
    this.#current.value = null;
    this.#settings.value = { ...FIRST_SETTINGS, theme: this.#settings.value.theme };
    this.#profile?.close();
    this.#profile = null;
  }

  #unlocked(): BrowserProfile {
    if (this.#profile === null) throw new Problem('locked', 'The profile is locked.');
    return this.#profile;
  }

  /** Remembers a conversation and says hello. One that cannot be written to is not remembered. */
  async #enter(about: About): Promise<Talk> {
    const { store, device } = this.#unlocked();
    void navigator.storage.persist();
    const id = await rememberConversation(store, about);
    const talk = new Talk({ id, about, store, device, acknowledge: this.#settings.value.acknowledge });
    try {
      await talk.greet();
    } catch (error) {
      await talk.forget();
      throw problemOf(error);
    }
    await talk.open();
    this.offered.value = null;
    this.#add(talk);
    return talk;
  }

  #add(talk: Talk): void {
    this.#talks.value = [...this.#talks.value, talk];
    this.show(talk);
  }

  async #known({ conversationId }: Invite): Promise<Talk | null> {
    const id = Array.from(conversationId, (byte) => byte.toString(16).padStart(2, '0')).join('');
    const talk = this.#talks.value.find(({ about }) => about.conversationId === id) ?? null;
    if (talk) this.show(talk);
    this.offered.value = talk ? null : this.offered.value;
    return talk;
  }

  /** The page's policy lets it reach its own relay alone, unless it was served from this computer. */
  #refuseOutOfReach(address: string): void {
    const { origin } = new URL(address);
    if (this.#home.value.own || origin === location.origin) return;
    throw new Problem(
      'elsewhere',
      `This invite leads to ${origin}, and this page may talk to ${location.origin} alone.`,
      {
        hint: `Open it there, or run the app from your own computer: fernspeak web`,
      },
    );
  }

  #freeName(wanted: string): string {
    const taken = new Set(this.#talks.value.map(({ about }) => about.name));
    const name = wanted.trim() === '' ? 'Conversation' : wanted.trim();
    for (let n = 1; ; n++) {
      const candidate = n === 1 ? name : `${name} ${n}`;
      if (!taken.has(candidate)) return candidate;
    }
  }
}

async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw problemOf(error);
  }
}

/** WebCrypto's Ed25519 came to browsers in 2025. */
async function canSign(): Promise<boolean> {
  try {
    await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
    return true;
  } catch {
    return false;
  }
}

/** As it is compared in a search. */
function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim();
}
