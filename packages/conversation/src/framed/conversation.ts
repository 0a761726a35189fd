import type { Channel } from '@fernspeak/channel';
import { base64url, fromBase64url, utf8 } from '../bytes.ts';
import { systemClock, type Clock } from '../clock.ts';
import { receivedBy } from '../continuity/judge.ts';
import { seenOf } from '../continuity/state.ts';
import { ConversationError } from '../errors.ts';
import type { KnownFile } from '../files/parts.ts';
import type { FilePiece, ReadFileOptions } from '../files/reading.ts';
import type { FileSource, SendFileOptions, SentFile } from '../files/sending.ts';
import { isLoud, type Finding } from '../finding.ts';
import type { Device } from '../identity/device.ts';
import { historyWords, safetyNumber, type SafetyNumber } from '../identity/safety-number.ts';
import type { Invite } from '../invite/invite.ts';
import type { Delivery, Kept, SendOptions, Stored } from '../outbox/delivery.ts';
import { Outbox, delivery } from '../outbox/outbox.ts';
import type { Unread, ReadingOptions } from '../reading/unread.ts';
import type { Store } from '../store.ts';
import { conversationIdBytes, type About, type KnownConversation } from './about.ts';
import { finishingOf, keyCloned } from './finishing.ts';
import { queueOf } from './journal.ts';
import { Live } from './live.ts';
import { membersOf, type ConversationMember } from './members.ts';
import { Presenting, isShownAlone, type FramedMessage } from './message.ts';
import type { Parts } from './parts.ts';
import { fernetSeal, type Written } from './seal.ts';
import { unkeep, type KeptMessage } from './shown.ts';
import { emptyState } from './state.ts';
import { whyUnchecked } from './unchecked.ts';
import { FramedUnread } from './unread.ts';

const SECRET_BYTES = 16;
/** `at` of what waits in the outbox: it is set when the message is sealed. */
const NOT_YET = 0;

export interface FramedConversationOptions extends KnownConversation {
  /** The channel at the conversation's address. */
  readonly channel: Channel;
  readonly store: Store;
  readonly device: Device;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
}

/** What is sent: text or bytes, as an alert if it has a title or a priority. */
export type Sendable = ({ readonly text: string } | { readonly bytes: Uint8Array }) & {
  readonly title?: string | undefined;
  readonly priority?: string | number | undefined;
};

/** What became of a message. `id` (t, hex): which one it is for all members; null: it has none yet. */
export type FramedSent = (Stored | Kept) & { readonly id: string | null; readonly earlier: readonly Delivery[] };

export interface FramedUnreadOptions extends ReadingOptions {
  /** False: says nothing by itself about what this device has. Default: true. */
  readonly acknowledge?: boolean | undefined;
  /** True: gives the parts of files too (`chunk`, `end`), without their bytes. Default: false. */
  readonly parts?: boolean | undefined;
}

/** Which messages of the local history: the last n, or those behind a position. */
export type LocalRange = { readonly last: number } | { readonly after: number };

/** What reading everything again came to. */
export interface Checked {
  /** False: the channel gives less than it did; what was noticed before stays. */
  readonly adopted: boolean;
  /** How many messages that were received from here it does not give any more. */
  readonly withheld: number;
  /** What is wrong with the conversation now: what is loud, and `expired` or `unchecked` where nothing can be checked. */
  readonly findings: readonly Finding[];
}

/** A conversation whose messages are signed, numbered, and say what their senders had seen. */
export class FramedConversation {
  /** Its number in the profile. */
  readonly id: number;
  readonly about: About;
  readonly #parts: Parts;
  readonly #device: Device;

  constructor({ id, about, channel, store, device, clock = systemClock }: FramedConversationOptions) {
    this.id = id;
    this.about = about;
    this.#device = device;
    const conversationId = conversationIdBytes(about);
    const { joined } = about;
    this.#parts = {
      channel,
      store,
      clock,
      conversationId,
      seal: fernetSeal({ key: about.key, conversationId, device }),
      live: new Live(store, id, () => emptyState({ conversationId, me: device.id })),
      claim: joined?.seen ? { from: joined.inviter, seen: joined.seen } : null,
    };
  }

  /**
   * Accepts into the outbox, and sends: after everything that waits there already. The message gets its number when
   * nothing stands before it any more. `stored` only when it is known to be on the channel.
   *
   * @throws ConversationError `refused`: the channel never takes it; it is not kept (`cause`: the ChannelError) ·
   * `cloned`: another device writes with this key
   * @throws ChannelError when the channel cannot be written to; it is not kept, unless it has a number already
   * @throws the signal's reason; if it was accepted by then, it is kept
   */
  send(message: Sendable, options: SendOptions = {}): Promise<FramedSent> {
    return this.#send(written(message), options);
  }

  /**
   * Puts a message into the outbox (on disk), and asks no channel: `flush` sends it, here or in a later program.
   *
   * @throws ConversationError `cloned`
   */
  async accept(message: Sendable): Promise<void> {
    const { live, seal, store } = this.#parts;
    if ((await live.current()).cloned) throw keyCloned();
    await store.accept(queueOf(this.id), { sealed: seal.sealDraft(written(message)), attendedUntil: 0, draft: true });
  }

  /** How many characters the channel will see of a message: the same for all short ones. */
  sizeOf(message: Sendable): number {
    return this.#parts.seal.sizeOf(written(message));
  }

  /** Tells the others what this device calls itself, and by which invite it came; once, after making or joining. */
  async greet(options: SendOptions = {}): Promise<FramedSent | null> {
    const { me, joined } = this.about;
    if (me === null) return null;
    return this.#send({ kind: 'hello', at: NOT_YET, name: me, ...(joined ? { invite: joined.proof } : {}) }, options);
  }

  /** Sends what earlier runs left in the outbox: see `Conversation.flush`. */
  async flush(options: SendOptions = {}): Promise<readonly Delivery[]> {
    const outbox = new Outbox({ ...this.#parts, finishing: finishingOf(this.#parts) }, options);
    await outbox.flush();
    return outbox.earlier;
  }

  /** Sends a file; the same call again goes on where one was broken off. See `files/sending.ts` for what it throws. */
  async sendFile(source: FileSource, options: SendFileOptions = {}): Promise<SentFile> {
    const { sendFile } = await import('../files/sending.ts');
    await this.flush({ signal: options.signal, timeoutMs: options.timeoutMs });
    const send = (content: Written, how: SendOptions): Promise<FramedSent> => this.#send(content, how);
    return sendFile(source, { parts: this.#parts, me: this.#device.id, send }, options);
  }

  /** Files that were offered here, in their order, with what came of them; asks no channel. */
  async files({ after = 0 }: { readonly after?: number } = {}): Promise<readonly KnownFile[]> {
    const { knownFiles } = await import('../files/parts.ts');
    return knownFiles(this.#parts.store, this.id, after);
  }

  /** Its bytes, chunk by chunk, from the channel; only when it ends without an error are they the file. See `files/reading.ts`. */
  async *readFile(file: KnownFile, options: ReadFileOptions = {}): AsyncGenerator<FilePiece, void, undefined> {
    const { readFile } = await import('../files/reading.ts');
    yield* readFile(file, { ...this.#parts, ...options });
  }

  /** How many messages wait in the outbox. */
  async waiting(): Promise<number> {
    const items = await this.#parts.store.items(queueOf(this.id));
    return items.filter(({ outcome }) => outcome === null).length;
  }

  /** What this profile has not received yet, oldest first. */
  unread(options: FramedUnreadOptions = {}): Unread & AsyncIterable<FramedMessage> {
    return this.#unread(options, false);
  }

  /** The same, and then what comes; ends only by the signal (quietly), or by an error that lasts. */
  follow(options: FramedUnreadOptions = {}): Unread & AsyncIterable<FramedMessage> {
    return this.#unread(options, true);
  }

  /** Messages that were received on this device, by whichever of its programs; asks no channel. */
  async history(range: LocalRange): Promise<readonly FramedMessage[]> {
    const presenting = await this.#presenting();
    const kept = 'last' in range ? await this.#newest(range.last) : (await this.#kept(range)).filter(isMessage);
    return kept.map((message) => presenting.present(message));
  }

  /** What is loud in this conversation: somebody may be lying. */
  async findings(): Promise<readonly Finding[]> {
    const { store } = this.#parts;
    const presenting = await this.#presenting();
    const shown = await store.shown(this.id, { loud: true });
    return shown.flatMap((each) => presenting.present(unkeep(each)).findings).filter(({ code }) => isLoud(code));
  }

  async members(): Promise<readonly ConversationMember[]> {
    return membersOf(await this.#parts.live.current());
  }

  /** What to compare with a member (key, base64url), best face to face. */
  safetyNumber(member: string): SafetyNumber {
    const key = fromBase64url(member);
    if (key?.length !== this.#device.publicKey.length) throw new RangeError('This is no key of a member.');
    return safetyNumber(this.#device.publicKey, key);
  }

  /** Notes that a member's safety number was compared; or, `verified` false, that it is not trusted any more. */
  async verify(member: string, verified = true): Promise<void> {
    await this.#parts.live.update((state) => {
      if (verified) state.verified.add(member);
      else state.verified.delete(member);
      return { changes: { made: [JSON.stringify({ verified: [member, verified] })] }, result: null };
    });
  }

  /** Four words for everything that was received here up to now, to compare by voice. */
  async words(): Promise<readonly string[]> {
    const { chain } = (await this.#parts.live.current()).continuity;
    return historyWords(chain.at(-1) ?? '');
  }

  /** Whose devices have a message (`id`, of `FramedMessage` or `FramedSent`): their keys, base64url. */
  async receivedBy(id: string): Promise<readonly string[]> {
    return receivedBy((await this.#parts.live.current()).continuity, id);
  }

  /** Makes an invite for somebody; `inviteLink` gives its link. It is a secret. */
  async invite(label: string): Promise<Invite> {
    const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
    const invited = { label, secret: base64url(secret) };
    const seen = await this.#parts.live.update((state) => {
      state.invites.push(invited);
      return { changes: { made: [JSON.stringify({ invited })] }, result: seenOf(state.continuity) };
    });
    const { address, writeKey, readKey, key } = this.about;
    const { conversationId } = this.#parts;
    return { conversationId, address, writeKey, readKey, key, inviter: this.#device.publicKey, seen, secret };
  }

  /** Reads everything again from the beginning; what the channel has put right since is not held against it any more. */
  async check({ signal = new AbortController().signal }: { signal?: AbortSignal } = {}): Promise<Checked> {
    const { reread } = await import('./reread.ts');
    const { adopted, withheld } = await reread(this.#parts, signal);
    const unchecked = whyUnchecked(await this.#parts.live.current());
    const findings = [...(await this.findings()), ...(unchecked ? [unchecked] : [])];
    return { adopted, withheld: withheld.length, findings };
  }

  /**
   * Deletes the conversation from this profile. Only which messages this device made is remembered: if it joins again, it
   * must not take them for another's with its key, nor use their numbers again.
   */
  async forget(): Promise<void> {
    const { live, store } = this.#parts;
    const { own } = (await live.current()).continuity;
    const earlier = Array.from(own.values(), ({ t, n }): [string, number] => [t, n]);
    await store.forget(this.id, earlier.length === 0 ? [] : [JSON.stringify({ earlier })]);
  }

  async #send(content: Written, options: SendOptions): Promise<FramedSent> {
    const { live, seal } = this.#parts;
    options.signal?.throwIfAborted();
    if ((await live.current()).cloned) throw keyCloned();
    const outbox = new Outbox({ ...this.#parts, finishing: finishingOf(this.#parts) }, options);
    const draft = seal.sealDraft(content);
    const fate = await outbox.send(draft).catch(async (error: unknown) => {
      throw (await live.current()).cloned ? keyCloned() : error;
    });
    const { earlier, own, ownSealed } = outbox;
    const sealed = ownSealed ?? draft;
    const id = (own === null ? undefined : (await live.current()).made.get(own)) ?? null;
    if (fate.status === 'kept') return { ...fate, sealed, id, earlier };
    const delivered = delivery(fate, sealed);
    if (delivered.status === 'stored') return { ...delivered, id, earlier };
    const { message, hint } = delivered.reason;
    throw new ConversationError('refused', message, {
      ...(hint === undefined ? {} : { hint }),
      cause: delivered.reason,
    });
  }

  #unread({ acknowledge = true, parts = false, ...options }: FramedUnreadOptions, follow: boolean): FramedUnread {
    return new FramedUnread(this.#parts, { ...options, follow, acknowledge, parts, place: this.about.place });
  }

  /** The newest that are shown; a file's parts may stand between them, in any number. */
  async #newest(count: number): Promise<readonly KeptMessage[]> {
    for (let last = count; ; last *= 4) {
      const kept = await this.#kept({ last });
      const messages = kept.filter(isMessage);
      if (messages.length >= count || kept.length < last) return messages.slice(-count);
    }
  }

  async #kept(range: LocalRange): Promise<readonly KeptMessage[]> {
    const limited = 'last' in range ? range : { ...range, limit: Number.MAX_SAFE_INTEGER };
    return (await this.#parts.store.shown(this.id, limited)).map((each) => unkeep(each));
  }

  async #presenting(): Promise<Presenting> {
    return new Presenting(await this.members(), this.about.place);
  }
}

/** What is noticed of the log as a whole stands in the history, too. */
function isMessage(message: KeptMessage): boolean {
  return message.entryId > 0 && isShownAlone(message);
}

function written(message: Sendable): Written {
  const { title, priority } = message;
  return {
    kind: 'text',
    at: NOT_YET,
    body: 'text' in message ? utf8(message.text) : message.bytes,
    ...(title === undefined ? {} : { title }),
    ...(priority === undefined ? {} : { priority }),
  };
}
