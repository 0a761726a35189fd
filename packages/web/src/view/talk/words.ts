import { shownName } from '@fernspeak/conversation';
import type { Delivery, ShownMessage } from '../../engine/model.ts';
import { byteCount } from '../parts/amount.ts';
import { nameInLine } from '../parts/text.ts';

/** What to call whoever wrote a message. */
export function senderOf({ sender, mine }: ShownMessage): string {
  if (mine) return 'You';
  return sender ? nameInLine(shownName(sender)) : 'Nobody';
}

/** A message in one line. */
export function said(message: ShownMessage): string {
  const { kind, text, title } = message;
  if (kind === 'hello') return message.mine ? 'You joined.' : `${senderOf(message)} joined.`;
  if (message.file) return `${nameInLine(message.file.name)} (${byteCount(message.file.size)})`;
  if (kind === 'newer') return 'A newer kind of message.';
  if (kind === 'none') return 'This does not open.';
  return title === undefined ? (text ?? 'No text.') : `${title}: ${text ?? ''}`;
}

/** Where one's own message has got to: a sign and words. */
export function deliveryOf(delivery: Delivery): readonly [sign: string, words: string] {
  switch (delivery.state) {
    case 'waiting':
      return ['○', 'waiting'];
    case 'stored':
      return ['●', 'stored by relay'];
    case 'received':
      return ['✓', `received by ${delivery.by.map((name) => nameInLine(name)).join(', ')}`];
    case 'failed':
      break;
  }
  return ['!', `could not send: ${delivery.problem.message}`];
}
