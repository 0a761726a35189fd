import type { Arrival, Channel } from '@fernspeak/channel';
import { isToken, unwrapBytesLiteral } from '@fernspeak/channel/format';
import { contentOf } from '../content.ts';
import { NOT_SEALED } from '../finding.ts';
import type { Message } from '../message.ts';
import type { Opened, Seal } from '../seal.ts';

/** A message, and what framed conversations judge it by. */
export type OpenedMessage = Message & Pick<Opened, 'frame' | 'fault'>;

/** What is opened together: so many short strings, or fewer long ones. Bounds what a reader holds at a time. */
export const BATCH_WEIGHT = 256;
const WEIGHT_CHARACTERS = 4096;

/** What an arrival counts in a batch. */
export function weigh(arrival: Arrival | null): number {
  return (arrival?.strings ?? []).reduce((sum, { text }) => sum + 1 + text.length / WEIGHT_CHARACTERS, 1);
}

type ArrivedString = Arrival['strings'][number];

/** Opens what arrives. One for a reading: it asks for the field names once, and only when it needs them. */
export class Opening {
  readonly #channel: Channel;
  readonly #seal: Pick<Seal, 'open'>;
  #names: Promise<readonly (string | null)[]> | null = null;

  constructor(channel: Channel, seal: Pick<Seal, 'open'>) {
    this.#channel = channel;
    this.#seal = seal;
  }

  /** The messages of each arrival, in their order: one for each string; none for null, or an entry without any. */
  async open(arrivals: readonly (Arrival | null)[]): Promise<OpenedMessage[][]> {
    const all = arrivals.flatMap((arrival) => arrival?.strings ?? []);
    const sealed = all.map(({ text }) => text).filter(looksSealed);
    const opened = (sealed.length > 0 ? await this.#seal.open(sealed) : []).values();
    const named = arrivals.some((arrival) => arrival?.strings.some((string) => labelOf(string, arrival)));
    const names = named ? await this.#fieldNames() : [];
    return arrivals.map((arrival) => (arrival ? messagesOf(arrival, { opened, names }) : []));
  }

  #fieldNames(): Promise<readonly (string | null)[]> {
    this.#names ??= this.#channel.info().then(({ fieldNames }) => fieldNames);
    return this.#names;
  }
}

function messagesOf(
  arrival: Arrival,
  { opened, names }: { opened: Iterator<Opened>; names: readonly (string | null)[] },
): OpenedMessage[] {
  const { entry, entries } = arrival;
  return arrival.strings.map((string) => {
    const index = labelOf(string, arrival);
    const field = index === null ? null : { index, name: names[index - 1] ?? null };
    return { entryId: entry.id, entries, storedAt: entry.createdAt, field, ...judged(string.text, opened) };
  });
}

/** The field that a message is labelled with; null: it stands alone in field1, or was joined from parts. */
function labelOf({ field }: ArrivedString, { strings }: Arrival): number | null {
  return field !== null && (strings.length > 1 || field > 1) ? field : null;
}

function judged(
  text: string,
  opened: Iterator<Opened>,
): Pick<OpenedMessage, 'content' | 'readable' | 'sealedAt' | 'findings' | 'frame' | 'fault'> {
  if (!looksSealed(text)) return { content: contentOf(text), readable: true, sealedAt: null, findings: [NOT_SEALED] };
  const next = opened.next();
  if (next.done) throw new TypeError('A seal must answer for each string that it is given.');
  return { readable: false, ...next.value };
}

/** Version, and the upper half of a time before 2106. */
const TOKEN_BEGINNING = /^(?:b['"])?gAAAAA/;

/**
 * True for what was meant as a token: one by its shape, or what begins like all tokens until 2106 and is none, because
 * it was altered or cut off. Everything else is text that anyone can read.
 */
function looksSealed(text: string): boolean {
  return TOKEN_BEGINNING.test(text) || isToken(unwrapBytesLiteral(text));
}
