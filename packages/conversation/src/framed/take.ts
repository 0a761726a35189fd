import { sha256 } from '#sha256';
import { base64url } from '../bytes.ts';
import { isLoud } from '../finding.ts';
import { awaitedOwn, judge, judgeInvite, judgeOwn } from '../continuity/judge.ts';
import type { OwnRow } from '../continuity/state.ts';
import type { HelloContent } from '../frame/content.ts';
import type { Seen } from '../frame/layout.ts';
import { displayName, nameKey } from '../identity/name.ts';
import type { OpenedMessage } from '../reading/opening.ts';
import type { Reached as LogReached } from '../reading/log.ts';
import type { Brought } from '../reading/open-ahead.ts';
import { cursorOf, type Cursor } from '../reading/cursor.ts';
import type { Changes, Showing } from './journal.ts';
import type { Noticed } from './noticed.ts';
import { proofKey } from './parts.ts';
import { keep } from './shown.ts';
import { fold, taken, type Hello, type JournalEntry, type Reached, type State } from './state.ts';
import type { KeptRow } from './rows.ts';

/** Open windows of more bytes than this are not written with each checkpoint, but found again at the next reading. */
const KEPT_WINDOWS_BYTES = 1024 * 1024;
const MARK_BYTES = 6;
/** A sender's clock and the channel's may be so far apart before it is told, in milliseconds. */
const LATE_MS = 10 * 60_000;

/** Who an invite is from, and what its maker had seen: the first claim of somebody who joins. */
export interface InviteClaim {
  readonly from: string;
  readonly seen: Seen;
}

export type { Brought };

export type Labels = ReadonlyMap<string, Link>;

/** An invite that was made here. */
export type Link = Required<Pick<Hello, 'label' | 'link'>>;

/** Judges what was read, in the log's order, and gathers what is to be saved. Applies it to the state at once. */
export class Taking {
  readonly shown: Showing[] = [];
  /** Noticed beside messages: of what is not shown, or of the log as a whole. */
  readonly notices: Noticed[] = [];
  readonly #state: State;
  readonly #labels: Labels;
  readonly #rows: KeptRow[] = [];
  readonly #hellos: Hello[] = [];
  readonly #others: string[] = [];
  readonly #heard = new Map<string, number>();
  readonly #flags: {
    worth?: number;
    another?: true;
    unchecked?: true;
    inviteJudged?: true;
    elsewhereTold?: true;
    cloned?: true;
  } = {};
  #reached: Reached;
  /** Where the last step came to; null: `#reached` says it. */
  #last: LogReached | null = null;
  /** Own messages that the log has still to give, the next one last. */
  readonly #awaited: OwnRow[];

  /** @param labels the labels of the invites that were made here, by key and proof */
  constructor(state: State, labels: Labels) {
    this.#state = state;
    this.#labels = labels;
    this.#reached = state.reached;
    this.#awaited = awaitedOwn(state.continuity);
  }

  /** Takes what one step brought; what another process had taken already is passed. */
  take({ step, messages }: Brought): void {
    if (step.kind === 'anew') return this.#startOver(step.whole);
    if (step.kind === 'late') return this.#judgeAll(messages);
    const { reached } = step;
    const upTo = this.#upTo;
    if (reached.upTo < upTo || (reached.upTo === upTo && step.arrival !== null)) return;
    if (upTo === 0 && reached.entry !== null && reached.entry.id > 1) this.#lookUnchecked();
    this.#judgeAll(messages);
    this.#last = reached;
    this.#judgeOwn();
  }

  /** Up to which entry everything was taken. */
  get #upTo(): number {
    return this.#last?.upTo ?? this.#reached.cursor?.entry ?? 0;
  }

  get generation(): number {
    return this.#reached.generation;
  }

  /** The log was read to its present end: what can be said only then. */
  end(claim: InviteClaim | null): void {
    if (claim === null || this.#state.inviteJudged) return;
    const { notices, write } = judgeInvite(this.#state.continuity, claim.from, claim.seen);
    this.#rows.push(...taken(this.#state, write));
    this.notices.push(...notices);
    this.#flags.inviteJudged = true;
    this.#state.inviteJudged = true;
  }

  /** What is to be saved; null: nothing has changed. */
  changes(): Changes | null {
    this.#judgeOwn();
    if (this.#last) this.#reached = { ...this.#reached, ...whereTo(this.#last, this.#reached.cursor) };
    this.#last = null;
    const entry: JournalEntry = {
      ...(this.#rows.length === 0 ? {} : { rows: this.#rows }),
      ...(this.#hellos.length === 0 ? {} : { hellos: this.#hellos }),
      ...this.#heardPart(),
      ...(this.#others.length === 0 ? {} : { others: this.#others }),
      ...this.#flags,
    };
    const read = Object.keys(entry).length === 0 ? [] : [JSON.stringify(entry)];
    const moved = this.#reached !== this.#state.reached;
    const shown = [...this.shown, ...this.notices.filter(({ code }) => isLoud(code)).map(aside)];
    if (!moved && read.length === 0 && shown.length === 0) return null;
    this.#state.reached = this.#reached;
    return { ...(moved ? { checkpoint: JSON.stringify(this.#reached) } : {}), read, shown };
  }

  #heardPart(): Pick<JournalEntry, 'heard'> {
    const heard = [...this.#heard];
    const [only] = heard;
    if (!only) return {};
    const [from, at] = only;
    const alone = heard.length === 1 && this.#rows.find((row) => row[0] === 'g')?.[2] === from;
    return { heard: alone ? at : heard };
  }

  #startOver(whole: boolean): void {
    const { generation, rereadTo } = this.#reached;
    const upTo = this.#upTo;
    if (whole) this.#forgetPlaces();
    else this.#lookUnchecked();
    this.#last = null;
    this.#reached = {
      generation: generation + (whole ? 1 : 0),
      cursor: null,
      joining: { windows: [] },
      holes: [],
      rereadTo: Math.max(rereadTo, upTo),
    };
  }

  /** Entry numbers of the log that went away say nothing of this one: own messages that were lost with it are told by that. */
  #forgetPlaces(): void {
    this.#awaited.length = 0;
    this.#flags.another = true;
    fold(this.#state, { another: true });
  }

  #lookUnchecked(): void {
    if (!this.#state.continuity.checked) return;
    this.#flags.unchecked = true;
    fold(this.#state, { unchecked: true });
  }

  /** At each entry, not only at the end of what came at once: how much comes at once must make no difference. */
  #judgeOwn(): void {
    const due: OwnRow[] = [];
    for (let next = this.#awaited.at(-1); next && (next.entry ?? 0) <= this.#upTo; next = this.#awaited.at(-1)) {
      due.push(next);
      this.#awaited.pop();
    }
    if (due.length === 0) return;
    const { notices, write } = judgeOwn(this.#state.continuity, this.#upTo, due);
    this.#rows.push(...taken(this.#state, write));
    this.notices.push(...notices);
  }

  #judgeAll(messages: readonly OpenedMessage[]): void {
    for (const message of messages) this.#judge(message);
  }

  #judge(message: OpenedMessage): void {
    if (message.frame) return this.#judgeFrame(message, message.frame);
    const mark = markOf(message);
    if (this.#state.others.has(mark) && message.entryId <= this.#reached.rereadTo) return;
    this.#others.push(mark);
    this.#state.others.add(mark);
    if (message.fault === undefined) {
      const code = message.readable ? 'not-sealed' : message.content ? 'unsigned' : 'unreadable';
      this.shown.push(keep(message, [{ code }]));
    } else if (this.#state.continuity.given.size > 0) {
      this.shown.push(keep(message, [{ code: 'bad-signature' }]));
    } else if (!this.#state.elsewhereTold) {
      // perhaps everything here is another place's: that is one line, and no alarm
      this.shown.push(keep(message, [{ code: 'elsewhere' }]));
      this.#flags.elsewhereTold = true;
      this.#state.elsewhereTold = true;
    }
  }

  #judgeFrame(message: OpenedMessage, frame: NonNullable<OpenedMessage['frame']>): void {
    const { continuity } = this.#state;
    const { t, from, content } = frame;
    const known = continuity.given.has(t);
    if (known && message.entryId <= this.#reached.rereadTo) return;
    const { notices, write } = judge(continuity, frame);
    this.#rows.push(...taken(this.#state, write));
    if (known) {
      this.notices.push(...notices);
      return;
    }
    const own = from === continuity.me;
    const placed = write.some((row) => row.row === 'given' && row.place !== null);
    if (placed && !own && content.kind !== 'ack') {
      this.#flags.worth = this.#state.worth = continuity.log.length - 1;
    }
    const counts = notices.every(({ code }) => code !== 'cloned' && code !== 'reordered');
    if (notices.some((notice) => notice.code === 'cloned' && notice.own)) {
      this.#flags.cloned = true;
      this.#state.cloned = true;
    }
    const storedAt = Date.parse(message.storedAt);
    const all: Noticed[] = [...notices];
    if (counts) {
      this.#heard.set(from, storedAt);
      this.#state.heard.set(from, storedAt);
      if (content.kind === 'hello') all.push(...this.#greet(helloOf(content, from, this.#labels)));
    }
    if (content.kind !== 'newer' && !own && Math.abs(content.at - storedAt) > LATE_MS) {
      all.push({ code: 'late' });
    }
    if (content.kind !== 'ack' || all.some(({ code }) => isLoud(code))) this.shown.push(keep(message, all));
  }

  #greet(hello: Hello): Noticed[] {
    const { hellos } = this.#state;
    const { from, name, label, link } = hello;
    const key = nameKey(name);
    const same = hellos.some((earlier) => earlier.from !== from && nameKey(earlier.name) === key);
    const shared = link !== undefined && hellos.some((earlier) => earlier.from !== from && earlier.link === link);
    this.#hellos.push(hello);
    hellos.push(hello);
    return [
      ...(same ? [{ code: 'same-name', name: displayName(name) ?? '' } as const] : []),
      ...(shared ? [{ code: 'invite-shared', label: label ?? '' } as const] : []),
    ];
  }
}

function whereTo(
  { entry, joining, holes }: LogReached,
  cursor: Cursor | null,
): Pick<Reached, 'cursor' | 'joining' | 'holes'> {
  const bytes = joining.windows.reduce((sum, window) => sum + window.bytes, 0);
  return {
    cursor: entry ? cursorOf(entry) : cursor,
    joining: bytes > KEPT_WINDOWS_BYTES ? null : joining,
    holes,
  };
}

/** By what a message without a sender is known again when the log is read from its beginning. */
function markOf({ entryId, field, content }: OpenedMessage): string {
  const hash = content ? base64url(sha256(content.bytes).subarray(0, MARK_BYTES)) : '';
  return `${entryId}.${field?.index ?? ''}.${hash}`;
}

function helloOf({ name, invite }: HelloContent, from: string, labels: Labels): Hello {
  return { from, name, ...(invite === undefined ? {} : labels.get(proofKey(from, invite))) };
}

/** What is noticed of the log and belongs to no message has a place in the history too. */
function aside(notice: Noticed): Showing {
  return { text: JSON.stringify({ e: 0, s: '', k: 'none', notices: [notice] }), loud: true };
}
