import type { Content } from './content.ts';
import type { Finding } from './finding.ts';
import type { Member } from './seal.ts';

/** Which field of an entry with several a message stands in, and what the channel calls it. */
export interface MessageField {
  /** 1 to 8. */
  readonly index: number;
  readonly name: string | null;
}

/** One message as it is shown. */
export interface Message {
  /** The entry that completes it: its place in the log. */
  readonly entryId: number;
  /** All entries that it consists of. */
  readonly entries: readonly number[];
  /** When the channel stored it, ISO 8601 UTC, as the channel says. */
  readonly storedAt: string;
  /** The token's time; null for what is not sealed. */
  readonly sealedAt: Date | null;
  /** Set when the entry holds several messages, a sensor's values say. */
  readonly field: MessageField | null;
  /** Null: it does not open. */
  readonly content: Content | null;
  /** True: it was not sealed at all, anyone can read it. */
  readonly readable: boolean;
  readonly sender?: Member;
  readonly findings: readonly Finding[];
}
