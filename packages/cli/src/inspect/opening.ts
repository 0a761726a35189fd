import {
  plainSeal,
  readFrames,
  shownName,
  textOf,
  type Finding,
  type FramedConversation,
  type FramedMessage,
  type KnownConversation,
} from '@fernspeak/conversation';
import { unwrapBytesLiteral } from '@fernspeak/channel/format';

/** What a sealed string is to whoever has the key. */
export interface OpenedView {
  /** text, hello, ack, newer; plain: nobody signed it; none: it does not open, or does not count. */
  readonly kind: string;
  readonly sender: SenderView | null;
  /** The sender's number for it. */
  readonly n: number | null;
  /** The last message that its sender had processed, and the hash of the log up to it (hex). */
  readonly seen: SeenView | null;
  /** By the sender's clock. */
  readonly sentAt: string | null;
  readonly title: string | null;
  /** Of the content, in bytes. */
  readonly bytes: number;
  /** Null: it is no text. */
  readonly text: string | null;
  /** Null: it was not received here yet, so that nothing is known. */
  readonly findings: readonly Finding[] | null;
}

interface SenderView {
  readonly key: string;
  readonly name: string | null;
  /** As it is called in sentences. */
  readonly shown: string;
  readonly verified: boolean;
}

interface SeenView {
  readonly t: string;
  readonly h: string;
  /** Which message that is, if it was received here. */
  readonly message: { readonly sender: string; readonly n: number } | null;
}

/** Opens what stands in a channel; moves and saves nothing. */
export type Opener = (sealed: string, entryId: number) => Promise<OpenedView>;

const NOTHING: OpenedView = {
  kind: 'none',
  sender: null,
  n: null,
  seen: null,
  sentAt: null,
  title: null,
  bytes: 0,
  text: null,
  findings: null,
};

/** For a channel and a key. */
export function plainOpener(key: string): Opener {
  const seal = plainSeal(key);
  return async (sealed) => {
    const [opened] = await seal.open([sealed]);
    if (!opened?.content) return { ...NOTHING, findings: opened?.findings ?? [] };
    const { content, sealedAt, findings } = opened;
    return {
      ...NOTHING,
      kind: 'plain',
      sentAt: sealedAt?.toISOString() ?? null,
      bytes: content.bytes.length,
      text: textOf(content),
      findings,
    };
  };
}

/** For a conversation: what was found wrong with a message comes from the history on this device. */
export async function framedOpener({ about }: KnownConversation, conversation: FramedConversation): Promise<Opener> {
  const seal = plainSeal(about.key);
  const conversationId = Buffer.from(about.conversationId, 'hex');
  const members = new Map((await conversation.members()).map((member) => [member.id, member]));
  const history = await conversation.history({ after: 0 });
  const byId = new Map(history.flatMap((message) => (message.id === null ? [] : [[message.id, message] as const])));
  const byEntry = new Map(history.map((message) => [message.entryId, message]));
  const nameOf = (id: string): string => shownName(members.get(id) ?? { id, name: null });
  const seenMessage = (t: string): SeenView['message'] => {
    const { sender, n } = byId.get(t) ?? {};
    return sender && typeof n === 'number' ? { sender: nameOf(sender.id), n } : null;
  };
  return async (sealed, entryId) => {
    const [opened] = await seal.open([unwrapBytesLiteral(sealed)]);
    const known = byEntry.get(entryId) ?? null;
    if (!opened?.content) return { ...NOTHING, findings: opened?.findings ?? [] };
    const { bytes } = opened.content;
    const [read] = await readFrames([bytes], conversationId);
    if (!read?.frame)
      return read?.fault === 'not-a-frame'
        ? plain(opened.content, known)
        : { ...NOTHING, findings: known?.findings ?? null };
    const { t, from, n, seen, content } = read.frame;
    const body = content.kind === 'text' ? { bytes: content.body } : { bytes: new Uint8Array() };
    return {
      kind: content.kind,
      sender: {
        key: from,
        name: members.get(from)?.name ?? null,
        shown: nameOf(from),
        verified: members.get(from)?.verified ?? false,
      },
      n,
      seen: seen && { ...seen, message: seenMessage(seen.t) },
      sentAt: 'at' in content ? new Date(content.at).toISOString() : null,
      title: (content.kind === 'text' && content.title) || null,
      bytes: body.bytes.length,
      text: textOf(body),
      // an acknowledgement with which nothing is wrong is not kept to be shown
      findings: byId.get(t)?.findings ?? (content.kind === 'ack' ? [] : null),
    };
  };
}

function plain(content: { readonly bytes: Uint8Array }, known: FramedMessage | null): OpenedView {
  return {
    ...NOTHING,
    kind: 'plain',
    bytes: content.bytes.length,
    text: textOf(content),
    findings: known?.findings ?? null,
  };
}
