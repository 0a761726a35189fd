import { noneOpens, type Conversation, type Finding, type HistoryRange, type Message } from '@fernspeak/conversation';
import { CliError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { reportEarlier } from '../sent.ts';
import type { Printer } from './printer.ts';

/** Which messages: none of the first three = the new ones. */
export interface Selection {
  readonly all?: boolean;
  readonly last?: number;
  readonly since?: Date;
  /** After the new ones, what comes, until the signal. */
  readonly follow?: boolean;
  /** Puts the files of others into this folder. Only conversations have any. */
  readonly files?: string;
  /** Nothing to show is an exit code of its own. */
  readonly require?: boolean;
}

/** What one run of `receive` works with. */
export interface Receiving {
  readonly io: Io;
  readonly conversation: Conversation;
  readonly printer: Printer;
  readonly signal: AbortSignal;
  readonly selection: Selection;
  /** What the channel itself has to say. */
  readonly notices: readonly string[];
  /** The place that salts the passphrase; null for a key, which does not depend on it. */
  readonly place: string | null;
}

/** What was met in one run. */
interface Tally {
  messages: number;
  sealed: number;
  opened: number;
}

/** A long run saves this often how far it came; each saving syncs to disk. */
export const MESSAGES_PER_COMMIT = 500;
/** Longest that messages of an earlier command are tried before reading begins. */
export const FLUSH_MS = 5_000;

/**
 * Shows what `selection` asks for. The cursor moves after the output was written, and only for the new ones.
 * Throws CliError with exit code 8 when sealed messages are there and none opens, 7 for nothing with `require`.
 */
export async function receiveMessages(receiving: Receiving): Promise<void> {
  const { conversation, selection, signal, io, notices } = receiving;
  for (const notice of notices) io.warn('notice', notice);
  await flushOutbox(receiving);
  const range = historyRange(selection);
  const onFinding = ({ code, sentence }: Finding): void => {
    if (!notices.includes(sentence)) io.warn(code, sentence);
  };
  if (range !== null)
    return finish(receiving, await show(receiving, conversation.history(range, { signal, onFinding })), null);
  const unread = conversation.unread({ signal, onFinding });
  const commit = (): Promise<void> => unread.commit();
  const tally = await show(receiving, unread, { commit, every: MESSAGES_PER_COMMIT });
  if (selection.follow !== true || isWrongKey(tally)) return finish(receiving, tally, unread.received);
  const coming = conversation.follow({ signal, onFinding });
  await show(receiving, coming, { commit: () => coming.commit(), every: 1 });
  signal.throwIfAborted();
}

async function flushOutbox({ conversation, io, signal }: Receiving): Promise<void> {
  reportEarlier(await conversation.flush({ timeoutMs: FLUSH_MS, signal }), io);
}

function historyRange({ all, last, since }: Selection): HistoryRange | null {
  if (all === true) return { after: 0 };
  if (last !== undefined) return { last };
  return since === undefined ? null : { since };
}

interface Saving {
  commit(): Promise<void>;
  /** After how many messages. 1: each is shown completely before the next is waited for. */
  readonly every: number;
}

async function show({ printer }: Receiving, messages: AsyncIterable<Message>, saving?: Saving): Promise<Tally> {
  const tally: Tally = { messages: 0, sealed: 0, opened: 0 };
  for await (const message of messages) {
    await printer.print(message);
    tally.messages += 1;
    if (!message.readable) tally.sealed += 1;
    if (!message.readable && message.content !== null) tally.opened += 1;
    if (saving === undefined || tally.messages % saving.every !== 0) continue;
    if (saving.every === 1) await printer.finish(true);
    await saving.commit();
  }
  await printer.finish(tally.opened > 0);
  await saving?.commit();
  return tally;
}

function isWrongKey({ sealed, opened }: Tally): boolean {
  return sealed > 0 && opened === 0;
}

/** `received`: how many had been received before; null where that was not the question. */
function finish({ io, selection, place, notices }: Receiving, tally: Tally, received: number | null): void {
  if (isWrongKey(tally)) {
    const { message, hint } = noneOpens({ count: tally.sealed, ...(place === null ? {} : { place }) });
    throw new CliError(message, { code: 'none-opens', exit: EXIT.unopened, ...(hint === undefined ? {} : { hint }) });
  }
  if (tally.messages > 0) return;
  const nothing = notices.length === 0 ? 'Nothing here.' : 'Nothing here that can be read; see the warning.';
  const none = received === null || received === 0;
  sayNothing(none ? nothing : `Nothing new (${received} read; --all shows them)`, selection, io);
}

/** There was nothing to show: a note, or with `require` an exit code of its own. */
export function sayNothing(sentence: string, { require }: Selection, io: Io): void {
  if (require === true) throw new CliError(sentence, { code: 'nothing', exit: EXIT.nothing });
  io.note(sentence);
}
