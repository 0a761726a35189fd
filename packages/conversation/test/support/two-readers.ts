// A log, read twice: by this library, and by the reader in Python, which was written from docs/protocol.md alone.
import { strict as assert } from 'node:assert';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MemoryChannel, type Channel, type Entry } from '@fernspeak/channel';
import { ROOT, type Python } from '@fernspeak/test';
import { base64url } from '../../src/bytes.ts';
import { textOf } from '../../src/content.ts';
import { receivedBy } from '../../src/continuity/judge.ts';
import type { Continuity } from '../../src/continuity/state.ts';
import { conversationIdBytes, rememberConversation, type About } from '../../src/framed/about.ts';
import { Ingest } from '../../src/framed/ingest.ts';
import { Live } from '../../src/framed/live.ts';
import type { Noticed } from '../../src/framed/noticed.ts';
import { unkeep, type KeptMessage } from '../../src/framed/shown.ts';
import { emptyState } from '../../src/framed/state.ts';
import type { InviteClaim } from '../../src/framed/take.ts';
import { memoryStore } from '../../src/memory.ts';
import { device } from './members.ts';
import { sealOf, stateOf } from './story.ts';

/** A message as both have it; lists that are in no order are sorted. */
export interface Line {
  readonly entry: number | null;
  readonly from: string | null;
  readonly n: number | null;
  readonly t: string | null;
  readonly kind: string;
  readonly text: string | null;
  readonly bytes: string | null;
  readonly title: string | null;
  readonly priority: string | number | null;
  readonly at: number | null;
  readonly place: number | null;
  readonly received: readonly string[];
  readonly notices: readonly Noticed[];
}

/** What is read of a log: its messages, and what is noticed beside them. */
export interface Reading {
  readonly messages: readonly Line[];
  readonly beside: readonly Noticed[];
}

/** A log, and what its reader knows beforehand. */
export interface View {
  readonly about: About;
  readonly entries: readonly Entry[];
  /** The reader's device. */
  readonly number: number;
  /** What it has made: entries of its journal. */
  readonly made: readonly string[];
  readonly claim: InviteClaim | null;
  /** How it comes: the first so many entries at one reading, the rest at the next; one by one, or all at once. */
  readonly pause: number;
  readonly slowly: boolean;
}

// --- This library ---

export async function readOurs(view: View, now: () => number): Promise<Reading> {
  const { about, claim, slowly } = view;
  const store = memoryStore();
  const id = await rememberConversation(store, about);
  await store.update(id, null, () => ({ changes: { made: view.made }, result: null }));
  const conversationId = conversationIdBytes(about);
  const { id: me } = await device(view.number);
  const live = new Live(store, id, () => emptyState({ conversationId, me }));
  const seal = sealOf(about, await device(view.number));
  const clock = { now, wait: () => Promise.reject(new Error('nothing here waits')) };
  const ignored: Noticed[] = [];
  for (const end of claim ? [view.entries.length] : [view.pause, view.entries.length]) {
    const channel = channelOf(view.entries.slice(0, end), slowly);
    const parts = { channel, store, clock, live, seal, conversationId, claim };
    const { signal } = new AbortController();
    for await (const _ of new Ingest(parts, { signal, onNotice: (noticed) => ignored.push(noticed) }).read());
  }
  const { continuity } = await live.current();
  const kept = (await store.shown(id, { after: 0, limit: Number.MAX_SAFE_INTEGER })).map((shown) => unkeep(shown));
  return {
    messages: kept.filter(({ entryId }) => entryId > 0).map((message) => lineOf(message, continuity)),
    beside: kept
      .filter(({ entryId }) => entryId === 0)
      .flatMap(({ notices }) => notices)
      .concat(ignored)
      .sort(byWords),
  };
}

/** The one with the entries, each in a turn of its own if it is slow. */
function channelOf(entries: readonly Entry[], slowly: boolean): Channel {
  const inner = new MemoryChannel();
  return {
    address: 'memory:here',
    place: 'memory:here',
    info: (options) => inner.info(options),
    append: (entries) => inner.append(entries),
    follow: (after, options) => inner.follow(after, options),
    close: () => inner.close(),
    async *read(range) {
      assert.ok('after' in range);
      for (const entry of entries) {
        if (slowly) await turn();
        if (entry.id > range.after) yield entry;
      }
    },
  };
}

function lineOf(message: KeptMessage, continuity: Continuity): Line {
  const { entryId, from, n, t, kind, content, name, title = null, priority = null, at, notices } = message;
  const said = kind === 'text' || kind === 'plain' ? content : null;
  const text = said ? textOf(said) : (name ?? null);
  const bytes = text === null && said ? base64url(said.bytes) : null;
  return {
    entry: entryId,
    from,
    n,
    t,
    kind,
    text,
    bytes,
    title,
    priority,
    at,
    place: (t !== null && continuity.given.get(t)?.place) || null,
    received: t === null ? [] : receivedBy(continuity, t).sort(byText),
    // how late is late is a reader's choice, and which names look alike
    notices: notices.filter(({ code }) => code !== 'late' && code !== 'same-name'),
  };
}

// --- The reader in Python ---

/** A line of its JSON, which leaves out what there is not. */
type PythonLine = Omit<Line, 'notices' | Optional> &
  Partial<Pick<Line, Optional>> & { readonly notices: readonly (Noticed & { readonly from?: string | null })[] };
type Optional = 'bytes' | 'title' | 'priority' | 'at';

/** One process, which reads log after log. */
export class PythonReader {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #complaint = '';

  constructor({ command }: Python, t: TestContext) {
    const program = fileURLToPath(new URL('read-logs.py', import.meta.url));
    const child = spawn(command, ['-B', program, join(ROOT, 'examples', 'python')]);
    child.stderr.on('data', (piece: Buffer) => (this.#complaint += piece.toString()));
    this.#answers = createInterface(child.stdout)[Symbol.asyncIterator]();
    this.#process = child;
    t.after(() => child.kill());
  }

  async read({ about, entries, number, made, claim }: View): Promise<Reading> {
    const { id: me } = await device(number);
    const { own } = stateOf(about, { me, journal: made }).continuity;
    const log = {
      conversationId: about.conversationId,
      key: about.key,
      me,
      entries: entries.map(({ id, fields }) => ({ id, fields })),
      made: Array.from(own.values(), ({ t, n, entry }) => ({ t, n, entry })),
      invite: claim,
    };
    this.#process.stdin?.write(`${JSON.stringify(log)}\n`);
    const { value, done } = await this.#answers.next();
    assert.ok(!done, `Python ended: ${this.#complaint}`);
    return shownOf(JSON.parse(value) as PythonLine[]);
  }
}

/** What this library would show and keep of what Python finds. */
function shownOf(found: readonly PythonLine[]): Reading {
  const lines = found.map(lineOfPython);
  // where nothing opens it is another key: one sentence says so, and nothing is kept
  const sealed = lines.filter(({ entry, notices }) => entry !== null && !has(notices, 'not-sealed'));
  if (sealed.length > 0 && sealed.every(({ notices }) => has(notices, 'unreadable'))) {
    return { messages: [], beside: [] };
  }
  const isBeside = ({ entry, notices }: Line): boolean => entry === null || has(notices, 'replayed');
  return {
    messages: lines.filter((line) => !isBeside(line) && !isQuietAck(line)),
    beside: lines
      .filter(isBeside)
      .flatMap(({ notices }) => notices)
      .sort(byWords),
  };
}

function lineOfPython(line: PythonLine): Line {
  const { entry, from, n, t, text, bytes = null, title = null, priority = null, at = null, place } = line;
  return {
    entry,
    from,
    n,
    t,
    text,
    bytes,
    title,
    priority,
    at,
    place,
    kind: KINDS[line.kind] ?? line.kind,
    received: line.received.toSorted(byText),
    notices: line.notices.map(({ from, ...notice }) => (from === null ? notice : { ...notice, from }) as Noticed),
  };
}

function has(notices: readonly Noticed[], code: Noticed['code']): boolean {
  return notices.some((notice) => notice.code === code);
}

const KINDS: Readonly<Record<string, string>> = { readable: 'plain', nothing: 'none' };

/** An acknowledgement is for the receipts, and is shown only with what is loud. */
function isQuietAck({ kind, notices }: Line): boolean {
  return kind === 'ack' && notices.every(({ code }) => code === 'unchecked');
}

/** Beside messages there is no order. */
function byWords(one: Noticed, other: Noticed): number {
  return byText(inWords(one), inWords(other));
}

function inWords(noticed: Noticed): string {
  return JSON.stringify(Object.entries(noticed).sort(([one], [other]) => byText(one, other)));
}

function byText(one: string, other: string): number {
  return one < other ? -1 : 1;
}
