import type { Finding } from '../finding.ts';
import type { Unread, ReadingOptions } from '../reading/unread.ts';
import { Acknowledging } from './acks.ts';
import { Ingest } from './ingest.ts';
import { membersOf } from './members.ts';
import { Presenting, isShownAlone, type FramedMessage } from './message.ts';
import { findingOfNoticed, type Naming, type Noticed } from './noticed.ts';
import type { Parts } from './parts.ts';
import { unkeep, type KeptMessage } from './shown.ts';
import { noteUnchecked } from './unchecked.ts';

/** So many messages of the local history are read at once. */
const PAGE = 256;

export interface FramedUnreadOptions extends ReadingOptions {
  /** Goes on with what comes. */
  readonly follow: boolean;
  /** While following, says now and then what this device has (see `Acknowledging`). */
  readonly acknowledge: boolean;
  /** Gives the parts of files too, not their offers alone. */
  readonly parts: boolean;
  readonly place: string;
}

/** What this profile has not received yet: the local history behind its mark, while what is there is taken into it. */
export class FramedUnread implements Unread {
  readonly findings: Finding[] = [];
  readonly #parts: Parts;
  readonly #options: FramedUnreadOptions;
  readonly #stop = new AbortController();
  readonly #ingest: Ingest;
  #noticed: Noticed[] = [];
  #before = 0;
  /** Up to here messages were given out in this run. */
  #mark = 0;

  constructor(parts: Parts, options: FramedUnreadOptions) {
    this.#parts = parts;
    this.#options = options;
    const { signal } = options;
    this.#ingest = new Ingest(parts, {
      signal: signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal,
      onNotice: (noticed) => this.#noticed.push(noticed),
    });
  }

  get received(): number {
    return this.#before;
  }

  get sealed(): number {
    return this.#ingest.sealed;
  }

  get opened(): number {
    return this.#ingest.opened;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FramedMessage, void, undefined> {
    try {
      yield* this.#messages();
    } catch (error) {
      if (!this.#options.follow || !this.#options.signal?.aborted) throw error;
    } finally {
      this.#stop.abort();
    }
  }

  async commit(): Promise<void> {
    const { store, live } = this.#parts;
    await store.saveReceived(live.id, this.#mark);
  }

  async *#messages(): AsyncGenerator<FramedMessage, void, undefined> {
    const { store, live } = this.#parts;
    const { follow, acknowledge } = this.#options;
    this.#mark = await store.received(live.id);
    this.#before = this.#mark;
    const acknowledging = follow && acknowledge ? new Acknowledging(this.#parts, this.#stop.signal) : null;
    yield* this.#behind();
    for await (const _ of follow ? this.#ingest.follow() : this.#ingest.read()) {
      await this.#tell();
      yield* this.#behind();
      await acknowledging?.consider();
    }
    await this.#tell();
    yield* this.#behind();
  }

  /** What was taken in, by whichever process. */
  async *#behind(): AsyncGenerator<FramedMessage, void, undefined> {
    const { store, live } = this.#parts;
    for (;;) {
      const page = await store.shown(live.id, { after: this.#mark, limit: PAGE });
      if (page.length === 0) return;
      const presenting = await this.#presenting();
      for (const shown of page) {
        this.#mark = shown.position;
        const message = unkeep(shown);
        if (message.entryId > 0) {
          if (this.#options.parts || isShownAlone(message)) yield presenting.present(message);
        } else this.#findAside(message, presenting.naming);
      }
    }
  }

  /** Quiet findings that belong to no message; loud ones stand in the history, and so does that nothing is checked. */
  async #tell(): Promise<void> {
    const noted = await noteUnchecked(this.#parts);
    const noticed = this.#noticed.splice(0).filter(({ code }) => !noted || code !== 'expired');
    if (noticed.length === 0) return;
    const { naming } = await this.#presenting();
    this.#find(noticed.map((each) => findingOfNoticed(each, naming)));
  }

  /** What stands in the history has a place there, and so a name. */
  #findAside({ position, notices }: KeptMessage, naming: Naming): void {
    for (const noticed of notices) {
      const { code, sentence } = findingOfNoticed(noticed, naming);
      this.#find([{ code, sentence, id: `finding-${position}` }]);
    }
  }

  #find(findings: readonly Finding[]): void {
    for (const finding of findings) {
      this.findings.push(finding);
      this.#options.onFinding?.(finding);
    }
  }

  async #presenting(): Promise<Presenting> {
    return new Presenting(membersOf(await this.#parts.live.current()), this.#options.place);
  }
}
