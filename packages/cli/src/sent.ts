import type { Delivery, FramedSent, Sent, Store, Stored } from '@fernspeak/conversation';
import { EXIT } from './exit-codes.ts';
import { CliError } from './errors.ts';
import type { Io } from './io.ts';
import { jsonLine } from './terminal/json.ts';
import { write } from './terminal/output.ts';

/** How much of a sealed string is shown to a person: enough to find it again in the channel. */
const HEAD = 36;
const TAIL = 5;

/** Says what became of the message; a kept one ends the command with its own exit code. */
export async function reportSent(sent: Sent | FramedSent, named: string, io: Io): Promise<void> {
  if (io.json) await write(jsonLine(sentRecord(sent)));
  else if (sent.status === 'stored' && !io.quiet) {
    await write(io.terminal ? twoLines(sent, named, io) : `${sent.entryId}\n`);
  }
  if (sent.status === 'kept') {
    throw new CliError(`Not stored yet: ${sent.reason.message}`, {
      code: 'kept',
      exit: EXIT.kept,
      hint: keptSentence(named),
    });
  }
}

/** What happens to a message that is not stored yet. */
export function keptSentence(named: string): string {
  return `The message is kept, sealed, and goes out with the next command for ${named}.`;
}

function sentRecord(sent: Sent | FramedSent): object {
  const id = 'id' in sent ? { id: sent.id } : {};
  if (sent.status === 'stored') {
    return { status: 'stored', entryId: sent.entryId, entries: sent.entries, sealed: sent.sealed, ...id };
  }
  // a signed message is sealed when its turn comes: what is kept until then never goes out like this
  return { status: 'kept', entryId: null, entries: [], sealed: 'id' in sent ? null : sent.sealed, ...id };
}

function twoLines(sent: Stored, named: string, io: Io): string {
  const { sealed, entries } = sent;
  const shown = sealed.length <= HEAD + TAIL ? sealed : `${sealed.slice(0, HEAD)}…${sealed.slice(-TAIL)}`;
  return `${io.style.dim('sealed')}  ${shown}  (${sealed.length} characters)\n${io.style.dim('stored')}  ${entriesNamed(entries)} in ${named}\n`;
}

/** Says what became of messages that an earlier command had to keep. */
export function reportEarlier(earlier: readonly Delivery[], io: Io): void {
  for (const delivery of earlier) {
    if (delivery.status === 'stored')
      io.note(`A message that was kept earlier is stored now: ${entriesNamed(delivery.entries)}.`);
    else if (delivery.status === 'kept')
      io.warn('kept', `A message that was kept earlier is not stored yet: ${delivery.reason.message}`);
    else
      io.warn(
        'refused',
        `A message that was kept earlier is refused for good, and kept no longer: ${delivery.reason.message}`,
      );
  }
}

/** Says how many messages wait here for a command that can send them. */
export async function reportWaiting(store: Store, address: string, io: Io): Promise<void> {
  const waiting = (await store.items(address)).filter(({ outcome, attendedUntil }) => {
    return outcome === null && attendedUntil < Date.now();
  });
  if (waiting.length === 0) return;
  const messages = waiting.length === 1 ? 'A message is' : `${waiting.length} messages are`;
  io.warn('kept', `${messages} kept here and not stored yet: send and receive try it again.`);
}

/** "entry 7", "entries 7–9", "entries 7, 9". */
export function entriesNamed(entries: readonly number[]): string {
  const [first = 0, ...rest] = entries;
  if (rest.length === 0) return `entry ${first}`;
  const consecutive = rest.every((entry, index) => entry === first + index + 1);
  return `entries ${consecutive ? `${first}–${rest.at(-1)}` : entries.join(', ')}`;
}
