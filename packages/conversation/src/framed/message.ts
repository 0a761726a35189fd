import type { Message } from '../message.ts';
import type { ConversationMember } from './members.ts';
import { shownName } from './members.ts';
import { findingOfNoticed, type Naming } from './noticed.ts';
import type { FilePart, KeptMessage, MessageKind } from './shown.ts';

/** A message of a framed conversation as it is shown. */
export interface FramedMessage extends Message {
  /** Its place in the local history; only the order counts. */
  readonly position: number;
  /** Which message it is (t, hex): the same for all members. Null: it has no sender. */
  readonly id: string | null;
  readonly kind: MessageKind;
  /** Its sender's number for it. */
  readonly n: number | null;
  /** When it was sent, by the sender's clock. */
  readonly sentAt: Date | null;
  readonly title?: string;
  readonly priority?: string | number;
  /** What a hello says that its sender is called, as it was written: not for showing. */
  readonly name?: string;
  /** What a message of the kinds `file`, `chunk` and `end` says. */
  readonly file?: FilePart;
}

/** False for what only carries a file: its offer is what is shown, and what was noticed of a part. */
export function isShownAlone({ kind, notices }: KeptMessage): boolean {
  return (kind !== 'chunk' && kind !== 'end') || notices.length > 0;
}

/** Puts names to messages and findings, as members are called now. */
export class Presenting {
  readonly #members: ReadonlyMap<string, ConversationMember>;
  readonly naming: Naming;

  constructor(members: readonly ConversationMember[], place: string) {
    this.#members = new Map(members.map((member) => [member.id, member]));
    this.naming = { nameOf: (from) => shownName(this.#members.get(from) ?? { id: from, name: null }), place };
  }

  present({ from, t, at, notices, ...message }: KeptMessage): FramedMessage {
    return {
      ...message,
      id: t,
      sentAt: at === null ? null : new Date(at),
      ...(from === null ? {} : { sender: this.#members.get(from) ?? { id: from, name: null } }),
      findings: notices.map((noticed) => findingOfNoticed(noticed, this.naming)),
    };
  }
}
