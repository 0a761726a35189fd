import { createHash } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import { isLoud, type Finding, type Message } from '@fernspeak/conversation';
import type { Io } from '../io.ts';
import { write } from '../terminal/output.ts';
import { runFor, type Ended } from './exec.ts';
import { incoming, type Source } from './incoming.ts';
import { jsonLine } from '../terminal/json.ts';
import { isMe, messageRecord } from './record.ts';

export interface ListenOptions {
  readonly io: Io;
  readonly all?: boolean | undefined;
  /** A shell command for each message, in place of a line of JSON. */
  readonly exec?: string | undefined;
  readonly signal: AbortSignal;
}

/** Between two runs of a command that failed, in milliseconds: doubled each time. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Gives each message on: a line on stdout, or a run of `exec`; then it counts as received. Rejects with the signal's
 * reason at the end.
 */
export async function listenTo(source: Source<Message>, { io, all, exec, signal }: ListenOptions): Promise<void> {
  /** Findings about the log are told when they come, and are written before the message behind them counts as received. */
  let told: Promise<void> = Promise.resolve();
  const onFinding = (finding: Finding): void => {
    if (exec !== undefined) return io.warn(finding.code, finding.sentence);
    told = told.then(() => write(jsonLine({ type: 'finding', ...finding, id: finding.id ?? idOf(finding) })));
    told.catch(() => {}); // awaited below
  };
  const onTrouble = ({ message }: Error, waitMs: number): void => {
    io.warn('waiting', `${message} Trying again in ${Math.ceil(waitMs / 1000)} s.`);
  };
  for await (const { message, received } of incoming(source, { signal, all, onFinding, onTrouble })) {
    await told;
    if (exec === undefined) await write(jsonLine(messageRecord(message)));
    else if (!(await handOver(message, { io, exec, signal }))) break;
    await received();
  }
  await told;
  signal.throwIfAborted();
}

/** What happens to a log has no name of its own: the same words are the same thing. */
function idOf({ code, sentence }: Finding): string {
  const ID_CHARACTERS = 16;
  return `finding-${createHash('sha256').update(`${code} ${sentence}`).digest('hex').slice(0, ID_CHARACTERS)}`;
}

interface HandingOver {
  readonly io: Io;
  readonly exec: string;
  readonly signal: AbortSignal;
}

/** False: the signal came first. */
async function handOver(message: Message, { io, exec, signal }: HandingOver): Promise<boolean> {
  for (const { code, sentence } of message.findings) if (isLoud(code)) io.warn(code, sentence);
  // its own messages would make a bot answer itself; what nobody sealed could be anybody's
  if (message.content === null || message.readable || isMe(message.sender) || !isWritten(message)) return true;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const ended = await runFor(exec, message, signal);
    if (ended === 0) return true;
    if (!signal.aborted) {
      io.warn(
        'exec',
        `The command ${howEnded(ended)} for entry ${message.entryId}: it is run again in ${pause / 1000} s.`,
      );
      await after(pause, null, { signal }).catch(() => {});
    }
    if (signal.aborted) return false;
  }
}

/** Somebody wrote it; not what says who joined, or that a message arrived. */
function isWritten(message: Message): boolean {
  const { kind } = messageRecord(message);
  return kind === 'text' || kind === 'plain';
}

function howEnded(ended: Ended): string {
  return typeof ended === 'number' ? `ended with ${ended}` : `was ended by ${ended}`;
}
