import type { Recovery } from '@fernspeak/conversation';
import type { App } from '../app.ts';

const NOTE = 'recovery';
const WEEK_MS = 7 * 86_400_000;
/** Whoever says "not now" so often is left alone. */
const MOST_TIMES = 2;

/** What was said about recovery files in this browser. */
interface Kept {
  /** When the last one was saved (milliseconds); null: never. */
  readonly savedAt: number | null;
  /** Ids of the conversations in it. */
  readonly saved: readonly string[];
  /** How often the reminder was put off, and when last (milliseconds). */
  readonly putOff: number;
  readonly putOffAt: number;
}

const NOTHING: Kept = { savedAt: null, saved: [], putOff: 0, putOffAt: 0 };

/** What there is to say of recovery files. */
export interface Standing {
  /** Null: none was saved from this browser. */
  readonly savedAt: Date | null;
  readonly saved: ReadonlySet<string>;
  /** Whether to remind now: none was saved, and it was not put off within a week, nor twice. */
  readonly due: boolean;
}

export async function standingOf(app: App): Promise<Standing> {
  const { savedAt, saved, putOff, putOffAt } = await kept(app);
  const rested = putOff === 0 || Date.now() - putOffAt >= WEEK_MS;
  return {
    savedAt: savedAt === null ? null : new Date(savedAt),
    saved: new Set(saved),
    due: savedAt === null && putOff < MOST_TIMES && rested,
  };
}

/** Not now: asked once more after a week. */
export async function putOff(app: App): Promise<void> {
  const before = await kept(app);
  await keep(app, { ...before, putOff: before.putOff + 1, putOffAt: Date.now() });
}

export async function noteSaved(app: App, { savedAt, conversations }: Recovery): Promise<void> {
  const saved = conversations.map(({ invite }) => idOf(invite.conversationId));
  await keep(app, { ...(await kept(app)), savedAt: savedAt.getTime(), saved });
}

function idOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function kept(app: App): Promise<Kept> {
  const text = await app.profile.note(NOTE);
  return text === null ? NOTHING : (JSON.parse(text) as Kept);
}

function keep(app: App, next: Kept): Promise<void> {
  return app.profile.saveNote(NOTE, JSON.stringify(next));
}
