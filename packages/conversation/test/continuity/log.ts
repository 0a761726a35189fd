import { emptyJoining, join, type Entry } from '@fernspeak/channel';
import { unwrapBytesLiteral } from '@fernspeak/channel/format';
import { Fernet, InvalidToken } from '@fernspeak/fernet';
import { fromHex } from '../../src/bytes.ts';
import { judge } from '../../src/continuity/judge.ts';
import type { Notice } from '../../src/continuity/notice.ts';
import { apply, restore } from '../../src/continuity/state.ts';
import type { FindingCode } from '../../src/finding.ts';
import { readFrames } from '../../src/frame/frame.ts';

/** vectors/joining-conversation.json: a log, and what somebody reads in it who has not written anything. */
export interface LogVectors {
  readonly key: string;
  readonly conversationId: string;
  readonly entries: readonly Pick<Entry, 'id' | 'fields'>[];
  readonly messages: readonly LogMessage[];
}

export interface LogMessage {
  /** The entry that completes it. */
  readonly entry: number;
  /** What is wrong with it by itself; null: it is a good frame. */
  readonly finding: Extract<FindingCode, 'not-sealed' | 'unreadable' | 'unsigned' | 'bad-signature'> | null;
  readonly from: string | null;
  readonly n: number | null;
  readonly t: string | null;
  readonly kind: string | null;
  /** The text, or the name of a hello. */
  readonly text: string | null;
  readonly place: number | null;
  readonly notices: readonly Notice[];
}

/** The pipe of docs/protocol.md, one string after the other: join, open, what counts, continuity. */
export async function readLog({ key, conversationId, entries }: Omit<LogVectors, 'messages'>): Promise<LogMessage[]> {
  const id = fromHex(conversationId);
  const fernet = new Fernet(key);
  const state = restore({ conversationId: id, me: '', checked: true });
  const nobody = { from: null, n: null, t: null, kind: null, place: null, notices: [] };
  const messages: LogMessage[] = [];
  let joining = emptyJoining();
  for (const fields of entries) {
    const joined = join(joining, { ...fields, createdAt: '' });
    joining = joined.state;
    for (const { text } of joined.arrival?.strings ?? []) {
      const entry = fields.id;
      const plaintext = decrypt(fernet, text);
      if (typeof plaintext === 'string') {
        messages.push({ entry, finding: plaintext, ...nobody, text: plaintext === 'not-sealed' ? text : null });
        continue;
      }
      const [read] = await readFrames([plaintext], id);
      if (!read?.frame) {
        const plain = read?.fault === 'not-a-frame';
        const shown = plain ? new TextDecoder().decode(plaintext) : null;
        messages.push({ entry, finding: plain ? 'unsigned' : 'bad-signature', ...nobody, text: shown });
        continue;
      }
      const { from, n, t, content } = read.frame;
      const { notices, write } = judge(state, read.frame);
      apply(state, write);
      const body = content.kind === 'text' ? new TextDecoder().decode(content.body) : null;
      const shown = content.kind === 'hello' ? content.name : body;
      const place = write.find((row) => row.row === 'given')?.place ?? null;
      messages.push({ entry, finding: null, from, n, t, kind: content.kind, text: shown, place, notices });
    }
  }
  return messages;
}

function decrypt(fernet: Fernet, text: string): Uint8Array | 'unreadable' | 'not-sealed' {
  const token = unwrapBytesLiteral(text);
  try {
    return fernet.decrypt(token);
  } catch (error) {
    if (!(error instanceof InvalidToken)) throw error;
    return token.startsWith('gAAAAA') ? 'unreadable' : 'not-sealed';
  }
}
