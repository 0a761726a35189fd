import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Message } from '@fernspeak/conversation';
import { visibleLine } from '../terminal/visible.ts';
import { messageRecord } from './record.ts';

/** How a command ended: its exit code, or the signal that ended it. */
export type Ended = number | NodeJS.Signals;

/**
 * Runs a shell command for a message: the content on stdin, byte for byte, and what is known of it in the environment.
 * It is ended by the signal.
 *
 * @throws Error when no shell can be started
 */
export async function runFor(command: string, message: Message, signal: AbortSignal): Promise<Ended> {
  const child = spawn(command, {
    shell: true,
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { ...process.env, ...variables(message) },
  });
  const end = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', end, { once: true });
  try {
    child.stdin.on('error', () => {}); // it need not read
    child.stdin.end(message.content?.bytes ?? '');
    const [code, name] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return code ?? name ?? 1;
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** Each on one line and without control characters: others chose some of it. */
function variables(message: Message): Record<string, string> {
  const { id, entryId, storedAt, sentAt, kind, sender, n, title, priority, findings } = messageRecord(message);
  const known = {
    ID: id,
    ENTRY: entryId,
    STORED_AT: storedAt,
    SENT_AT: sentAt,
    KIND: kind,
    SENDER: sender?.name,
    SENDER_KEY: sender?.key,
    SENDER_VERIFIED: sender === null ? null : Number(sender.verified),
    NUMBER: n,
    TITLE: title,
    PRIORITY: priority,
    FINDINGS: findings.map(({ code }) => code).join(' '),
  };
  return Object.fromEntries(
    Object.entries(known).map(([name, value]) => [`FERNSPEAK_${name}`, visibleLine(String(value ?? ''))]),
  );
}
