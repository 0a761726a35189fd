import { textOf, type FramedMessage } from '@fernspeak/conversation';
import type { Delivery, ShownMessage } from '../model.ts';

/** Kinds that are part of the talk; acknowledgements only say that something arrived. */
const SHOWN: ReadonlySet<FramedMessage['kind']> = new Set(['text', 'file', 'hello', 'newer', 'plain', 'none']);

export function isShown({ kind, findings }: FramedMessage): boolean {
  return SHOWN.has(kind) || findings.length > 0;
}

/** A message as the window shows it. @param me this device's key */
export function shownOf(message: FramedMessage, me: string, delivery: Delivery = { state: 'stored' }): ShownMessage {
  const { position, entries, sender, findings, title, kind, content, sentAt, storedAt, id, file } = message;
  const mine = sender?.id === me;
  return {
    key: `position ${position}`,
    position,
    entries,
    ...(sender ? { sender } : {}),
    findings,
    ...(title === undefined ? {} : { title }),
    kind,
    mine,
    file: kind === 'file' && file && 'name' in file ? file : null,
    text: content ? textOf(content) : null,
    at: sentAt ?? new Date(storedAt),
    id,
    delivery: mine ? delivery : null,
  };
}
