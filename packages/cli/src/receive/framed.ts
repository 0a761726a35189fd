import {
  noneOpens,
  type Finding,
  type FramedConversation,
  type FramedMessage,
  type KnownConversation,
} from '@fernspeak/conversation';
import type { Profile } from '@fernspeak/conversation/profile';
import { catchUp, isUnchecked, sayFinding } from '../catch-up.ts';
import { conversationMeant, openConversation } from '../conversation.ts';
import { CliError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { isMe } from '../listen/record.ts';
import type { ChannelOptions, KeyOptions } from '../options.ts';
import { refuseKeyOptions, warnAboutFile } from '../send/framed.ts';
import { reportEarlier } from '../sent.ts';
import { givenKeys } from '../session.ts';
import type { Prompter } from '../terminal/prompt.ts';
import { whileAsking } from './asking.ts';
import type { FolderOfFiles } from './files.ts';
import { FramedJsonPrinter, FramedRawPrinter } from './framed-records.ts';
import { FramedTextPrinter } from './framed-text.ts';
import type { Printer } from './printer.ts';
import { FLUSH_MS, MESSAGES_PER_COMMIT, sayNothing, type Selection } from './reading.ts';

interface FramedReceiver {
  readonly io: Io;
  /** The conversation, by its name; or `-`, see `conversationMeant`. */
  readonly named: string;
  readonly prompter: Prompter | null;
  readonly profile: Profile;
  readonly options: KeyOptions & ChannelOptions & Selection & { readonly raw?: boolean };
}

/** `fernspeak receive NAME`. Loud findings do not end it; only a key that two devices write with has an exit code (4). */
export async function receiveFramed(receiver: FramedReceiver): Promise<void> {
  const { named, prompter, options } = receiver;
  refuseKeyOptions(named, options);
  const known = await conversationMeant(named, receiver);
  prompter?.close();
  await whileAsking(known.about.address, receiver, ({ io, printing }) =>
    receiveKnown(known, { ...receiver, io, printing }),
  );
}

interface KnownReceiver extends FramedReceiver {
  readonly printing: (printer: Printer<FramedMessage>) => Printer<FramedMessage>;
}

async function receiveKnown(
  known: KnownConversation,
  { io, profile, options, printing }: KnownReceiver,
): Promise<void> {
  const { timeout } = options;
  const { channel, conversation } = await openConversation({ known, profile, timeout, given: givenKeys(options) });
  try {
    await warnAboutFile(known.about.address, channel, io);
    const signal = interruptSignal();
    reportEarlier(await conversation.flush({ timeoutMs: FLUSH_MS, signal }), io);
    const printer =
      options.raw === true ? new FramedRawPrinter(io) : io.json ? new FramedJsonPrinter() : new FramedTextPrinter(io);
    const files = await folderFor(options, { conversation, io, signal, me: (await profile.device()).id });
    const receiving = new Receiving({
      io,
      conversation,
      printer: printing(printer),
      selection: options,
      signal,
      files,
    });
    await receiving.run();
  } finally {
    await channel.close();
  }
}

async function folderFor(
  { files }: Selection,
  parts: ConstructorParameters<typeof FolderOfFiles>[1],
): Promise<FolderOfFiles | null> {
  if (files === undefined) return null;
  const { FolderOfFiles } = await import('./files.ts');
  const folder = new FolderOfFiles(files, parts);
  await folder.prepare();
  return folder;
}

interface Parts {
  readonly io: Io;
  readonly conversation: FramedConversation;
  readonly printer: Printer<FramedMessage>;
  readonly selection: Selection;
  readonly signal: AbortSignal;
  /** Null: no files are wanted. */
  readonly files: FolderOfFiles | null;
}

class Receiving {
  readonly #parts: Parts;
  #shown = 0;
  #cloned = false;
  /** That nothing can be checked is true of all messages from there on: it is said once. */
  #unchecked = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async run(): Promise<void> {
    const { selection } = this.#parts;
    const { all, last, since } = selection;
    if (all === true || last !== undefined || since !== undefined) await this.#showHistory();
    else await this.#showUnread();
    if (!this.#cloned) return;
    throw new CliError('Two devices write with one key: somebody may not be who they were.', {
      code: 'cloned',
      exit: EXIT.identity,
      hint: 'docs/findings.md in the source says what to do.',
    });
  }

  /** What was received here, after what is on the channel now was taken in. */
  async #showHistory(): Promise<void> {
    const { conversation, selection, signal, io, printer } = this.#parts;
    await catchUp(conversation, io, signal);
    const { last, since } = selection;
    const from = since?.getTime() ?? -Infinity;
    const chosen = (await conversation.history({ after: 0 })).filter(({ storedAt }) => !(Date.parse(storedAt) < from));
    for (const message of chosen.slice(last === undefined ? 0 : -last)) await this.#show(message);
    await printer.finish(true);
    await this.#saveFiles();
    if (this.#shown === 0) sayNothing('Nothing here.', selection, io);
  }

  async #showUnread(): Promise<void> {
    const { conversation, selection, signal, io, printer } = this.#parts;
    const onFinding = (finding: Finding): void => this.#find(finding);
    const unread = conversation.unread({ signal, onFinding });
    let since = 0;
    for await (const message of unread) {
      if (!isUnremarkableOwn(message)) await this.#show(message);
      since += 1;
      if (since % MESSAGES_PER_COMMIT === 0) await unread.commit();
    }
    await printer.finish(true);
    await unread.commit();
    if (this.#shown === 0 && unread.sealed > 0 && unread.opened === 0) {
      throw new CliError(noneOpens({ count: unread.sealed }).message, {
        code: 'none-opens',
        exit: EXIT.unopened,
        hint: 'What is on this channel was not written in this conversation.',
      });
    }
    await this.#saveFiles();
    if (selection.follow === true) return this.#follow();
    if (this.#shown > 0) return;
    sayNothing(unread.received === 0 ? 'Nothing here.' : 'Nothing new (--all shows what was received)', selection, io);
  }

  async #follow(): Promise<void> {
    const { conversation, signal, printer, files } = this.#parts;
    const onFinding = (finding: Finding): void => this.#find(finding);
    const coming = conversation.follow({ signal, onFinding, parts: files !== null });
    for await (const message of coming) {
      if (!isUnremarkableOwn(message) && !isQuietPart(message)) await this.#show(message);
      if (message.kind === 'end') await files?.save();
      await printer.finish(true);
      await coming.commit();
    }
    signal.throwIfAborted();
  }

  async #saveFiles(): Promise<void> {
    const { files, selection } = this.#parts;
    this.#shown += (await files?.save()) ?? 0;
    if (selection.follow !== true) await files?.tellIncomplete();
  }

  async #show(message: FramedMessage): Promise<void> {
    const { io, printer } = this.#parts;
    for (const finding of message.findings) {
      if (io.json) this.#note(finding);
      else if (!this.#unchecked || !isUnchecked(finding)) this.#find(finding);
    }
    await printer.print(message);
    this.#shown += 1;
  }

  #find(finding: Finding): void {
    this.#note(finding);
    this.#unchecked ||= isUnchecked(finding);
    // what belongs to one message and is seen in its line is not said twice
    if (!IN_THE_LINE.has(finding.code)) sayFinding(finding, this.#parts.io);
  }

  #note({ code }: Finding): void {
    if (code === 'cloned') this.#cloned = true;
  }
}

/** What one wrote oneself was never to be received; but what only looks so must be seen. */
function isUnremarkableOwn({ sender, findings }: FramedMessage): boolean {
  return isMe(sender) && findings.every((finding) => isUnchecked(finding));
}

/** It only carries a file. */
function isQuietPart({ kind, findings }: FramedMessage): boolean {
  return (kind === 'chunk' || kind === 'end') && findings.length === 0;
}

const IN_THE_LINE: ReadonlySet<string> = new Set(['not-sealed', 'unsigned', 'unreadable']);
