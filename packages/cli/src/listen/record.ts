import {
  textOf,
  type ConversationMember,
  type FilePart,
  type Finding,
  type FramedMessage,
  type Message,
} from '@fernspeak/conversation';

/** A message as an object: `help formatting` describes it. */
export interface MessageRecord {
  readonly type: 'message';
  /** The same each time that the message is given. */
  readonly id: string;
  readonly entryId: number;
  readonly entries: readonly number[];
  /** When the channel stored it, as the channel says, and when it was sent, by the sender's clock: ISO 8601, UTC. */
  readonly storedAt: string;
  readonly sentAt: string | null;
  readonly field: Message['field'];
  /** False: anyone can read it, and anyone who may write to the channel can have written it. */
  readonly sealed: boolean;
  /** text, hello, newer; plain: nobody signed it; none: it does not open, or does not count. */
  readonly kind: string;
  readonly sender: SenderRecord | null;
  readonly n: number | null;
  readonly title: string | null;
  readonly priority: string | number | null;
  /** Null when it does not open or is no UTF-8; then `bytes` (base64url) has the content. */
  readonly text: string | null;
  readonly bytes?: string;
  /** What a message that belongs to a file says of it. */
  readonly file?: FilePart;
  readonly findings: readonly Finding[];
}

interface SenderRecord {
  /** Public key, base64url. */
  readonly key: string;
  readonly name: string | null;
  readonly verified: boolean;
  /** This device. */
  readonly me: boolean;
  /** The key of another member who had this name first. */
  readonly sameAs: string | null;
}

export function messageRecord(message: Message | FramedMessage): MessageRecord {
  const { entryId, entries, storedAt, field, readable, content, findings } = message;
  const text = content === null ? null : textOf(content);
  const framed = 'position' in message ? message : null;
  return {
    type: 'message',
    id: framed?.id ?? (field === null ? `${entryId}` : `${entryId}.${field.index}`),
    entryId,
    entries,
    storedAt,
    sentAt: (framed?.sentAt ?? message.sealedAt)?.toISOString() ?? null,
    field,
    sealed: !readable,
    kind: framed?.kind ?? (content === null ? 'none' : 'plain'),
    sender: senderRecord(message),
    n: framed?.n ?? null,
    title: framed?.title ?? null,
    priority: framed?.priority ?? null,
    text,
    ...(content !== null && text === null ? { bytes: Buffer.from(content.bytes).toString('base64url') } : {}),
    ...(framed?.file ? { file: framed.file } : {}),
    findings,
  };
}

function senderRecord({ sender }: Message): SenderRecord | null {
  if (sender === undefined) return null;
  const { id, name, verified = false, sameAs } = sender;
  return { key: id, name, verified, me: isMe(sender), sameAs: sameAs?.id ?? null };
}

/** Whether a message's sender is this device. */
export function isMe(sender: Message['sender']): boolean {
  return sender !== undefined && 'me' in sender && (sender as ConversationMember).me;
}
