import { parseAddress } from '@fernspeak/channel';
import { knownConversations, readInvite, type KnownConversation } from '@fernspeak/conversation';
import {
  browserProfileState,
  createBrowserProfile,
  openBrowserProfile,
  setBrowserPassphrase,
  type BrowserProfile,
} from '@fernspeak/conversation/browser-profile';
import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { takeFragment } from './page/address-bar.ts';
import { canSign } from './page/can-sign.ts';
import { deriveInWorker } from './derive.ts';
import { ECHO, ECHO_TALK, answerMyself, inviteEcho } from './echo/echo.ts';
import { Entrance, type Beginning, type Making, type Offered } from './entrance.ts';
import { FIRST_SETTINGS, type Phase, type Settings } from './model.ts';
import type { PlainTalk } from './plain/plain-talk.ts';
import type { PlainTalks } from './plain/plain-talks.ts';
import { Problem, problemOf, told } from './problem.ts';
import { homeRelay, mayCreate, type Owner } from './relay.ts';
import type { Found, Search } from './search.ts';
import { Idle } from './page/idle.ts';
import { own, takeOver, type Ownership } from './page/tabs.ts';
import { Talk } from './talk/talk.ts';

const SETTINGS = 'settings';
/** Names the channels that are read with a key, in the profile. */
const PLAIN_NOTE = 'plain';

/** All that the view knows: signals to read, and actions, which reject with a `Problem`. */
export class App {
  readonly offered: Signal<Offered | null> = signal(null);
  /** Something went wrong that belongs to no action. */
  readonly problem: Signal<Problem | null> = signal(null);
  /** Channels that are read with a key; null: the profile has none. */
  readonly plain: Signal<PlainTalks | null> = signal(null);
  readonly online: Signal<boolean> = signal(navigator.onLine);
  readonly #phase = signal<Phase>({ kind: 'starting' });
  readonly #talks = signal<readonly Talk[]>([]);
  readonly #current = signal<Talk | null>(null);
  readonly #settings = signal<Settings>(FIRST_SETTINGS);
  readonly #mayCreate = signal<boolean | null>(null);
  readonly #hasPassphrase = signal(false);
  readonly #idle = new Idle(() => this.lock());
  readonly #home = signal({ origin: location.origin, own: false });
  #profile: BrowserProfile | null = null;
  #ownership: Ownership | null = null;
  #ended = new AbortController();
  #givenUserKey: string | null = null;
  #search: Search | null = null;

  readonly phase: ReadonlySignal<Phase> = this.#phase;
  readonly current: ReadonlySignal<Talk | null> = this.#current;
  readonly settings: ReadonlySignal<Settings> = this.#settings;
  /** Whether this browser may make channels on its relay; null: not known. */
  readonly mayCreate: ReadonlySignal<boolean | null> = this.#mayCreate;
  readonly hasPassphrase: ReadonlySignal<boolean> = this.#hasPassphrase;
  /** The relay on which channels are made; `own`: the page was served by `fernspeak web`. */
  readonly home: ReadonlySignal<{ readonly origin: string; readonly own: boolean }> = this.#home;
  /** Whether there is a conversation with somebody else. */
  readonly hasCompany: ReadonlySignal<boolean> = computed(() =>
    this.#talks.value.some(({ about, members }) => about.name !== ECHO_TALK && members.value.length > 1),
  );
  /** The newest activity first. */
  readonly talks: ReadonlySignal<readonly Talk[]> = computed(() => {
    const at = (talk: Talk): number => talk.last.value?.at.getTime() ?? 0;
    return this.#talks.value.toSorted((a, b) => at(b) - at(a));
  });

  /** For what comes later than the first message. @throws Problem `locked` */
  get profile(): BrowserProfile {
    if (this.#profile === null) throw new Problem('locked', 'The profile is locked.');
    return this.#profile;
  }

  /** The page's policy lets it reach its own relay alone, unless it was served from this computer; a file it never can. */
  reaches(address: string): boolean {
    if (parseAddress(address).kind !== 'http') return false;
    return this.#home.value.own || new URL(address).origin === location.origin;
  }

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

  /** First run: makes the profile and, unless `alone`, the talk with oneself. @throws Problem */
  async begin({ name, passphrase, alone = false }: Beginning): Promise<void> {
    const profile = await told(createBrowserProfile({ passphrase, derive: deriveInWorker }));
    await this.#open(profile, passphrase !== null);
    await this.change({ me: name.trim() });
    if (this.offered.value === null && !alone) await this.talkToYourself();
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
    if (this.plain.value) this.plain.value.current.value = null;
    void talk?.look(document.visibilityState === 'visible');
  }

  /** Somebody does something: the profile does not lock yet. */
  stirred(): void {
    this.#idle.stir(this.#hasPassphrase.value ? this.#settings.value.lockAfterMinutes : null);
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

  /** A conversation on the home relay. @throws Problem */
  async create(making: Making): Promise<Talk> {
    return this.#add(await this.#entrance().make(making));
  }

  /** Joins by a click; opening a link never does. @throws Problem */
  async join(offered: Offered, names: { readonly name: string; readonly me: string }): Promise<Talk> {
    const known = this.#entrance().known(offered.invite);
    if (this.#settings.value.me === '' && names.me !== '' && !known) await this.change({ me: names.me });
    const talk = known ?? this.#add(await this.#entrance().join(offered, names));
    this.show(talk);
    this.offered.value = null;
    return talk;
  }

  /** Opens a conversation that the profile has. */
  async take(known: KnownConversation): Promise<Talk> {
    const { store, device } = this.profile;
    const talk = new Talk({ ...known, store, device, acknowledge: this.#settings.value.acknowledge });
    await talk.open();
    this.#talks.value = [...this.#talks.value, talk];
    return talk;
  }

  /** Channels that are read with a key, also where there is none yet. */
  async plainTalks(): Promise<PlainTalks> {
    const { PlainTalks } = await import('./plain/plain-talks.ts');
    this.plain.value ??= await new PlainTalks(this.profile).open();
    return this.plain.value;
  }

  /** Null: none. */
  showPlain(talk: PlainTalk | null): void {
    this.show(null);
    if (this.plain.value) this.plain.value.current.value = talk;
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
      const { memoryEcho } = await import('./echo/memory-echo.ts');
      return void this.#add(await memoryEcho(me, this.#ended.signal));
    }
    const talk = await this.create({ name: ECHO_TALK, passphrase: null });
    await inviteEcho(await talk.rawInvite(ECHO), this.#ended.signal);
    await answerMyself(this.#ended.signal);
  }

  /** Messages of all conversations with a text in them, the newest first. */
  async search(text: string): Promise<readonly Found[]> {
    this.#search ??= new (await import('./search.ts')).Search();
    return this.#search.find(this.#talks.value, text);
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
    const [state] = await Promise.all([browserProfileState(), this.#lookAround()]);
    if (state === 'none') return this.#show({ kind: 'new' });
    if (state === 'locked') return this.#show({ kind: 'locked' });
    await this.#open(await openBrowserProfile(), false);
  }

  async #lookAround(): Promise<void> {
    this.#home.value = await homeRelay(location.origin);
    await this.#lookWhetherMayCreate();
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
    for (const known of await knownConversations(profile.store)) await this.take(known);
    if ((await profile.note(PLAIN_NOTE)) !== null) await this.plainTalks();
    await answerMyself(this.#ended.signal);
    this.#show({ kind: 'open' });
    this.stirred();
  }

  #closeProfile(): void {
    this.#idle.stop();
    this.#ended.abort();
    for (const talk of this.#talks.value) talk.close();
    this.plain.value?.close();
    this.plain.value = null;
    this.#talks.value = [];
    this.#current.value = null;
    this.#settings.value = { ...FIRST_SETTINGS, theme: this.#settings.value.theme };
    this.#profile?.close();
    this.#profile = null;
  }

  #entrance(): Entrance {
    return new Entrance({
      profile: this.profile,
      settings: this.#settings.value,
      owner: this.#owner(),
      reaches: (address) => this.reaches(address),
      talks: this.#talks.value,
    });
  }

  #add(talk: Talk): Talk {
    this.#talks.value = [...this.#talks.value, talk];
    this.show(talk);
    return talk;
  }
}
