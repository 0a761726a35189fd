import { textOf, type Finding, type FramedConversation, type FramedMessage } from '@fernspeak/conversation';
import { CliError, Interrupted } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { incoming, type Source } from '../listen/incoming.ts';
import { isMe } from '../listen/record.ts';
import { keptSentence } from '../sent.ts';
import { visibleLine } from '../terminal/visible.ts';
import { messageOf, readCommand, runCommand } from './commands.ts';
import { Outgoing } from './outgoing.ts';
import { Receipts } from './receipts.ts';
import type { Screen } from './screen.ts';
import { excerptOf, type ChatText } from './text.ts';

/** So much of what was received before is shown at the beginning. */
const RECENT = 20;
/** So many messages that are not stored yet are named. */
const PENDING_SHOWN = 3;
/** Trouble that is not told again so long after the next try has passed, in milliseconds. */
const PASSED_MS = 5000;

export interface ChatOptions {
  /** What the conversation is called here. */
  readonly name: string;
  readonly conversation: FramedConversation;
  /** What comes; see `framedSource`. */
  readonly source: Source<FramedMessage>;
  /** Up to which position messages were received here. */
  readonly received: number;
  readonly screen: Screen;
  readonly text: ChatText;
  readonly signal: AbortSignal;
  /** At the end, how long what is on its way may take. */
  readonly timeoutMs: number;
}

/**
 * Talks until the input ends. Rejects with `kept` when messages are not stored then, with the signal's reason, and with what
 * lasts: no such channel, a refused key.
 */
export class Chat {
  readonly #options: ChatOptions;
  readonly #outgoing: Outgoing;
  readonly #receipts: Receipts;
  /** Ended with the chat, or earlier by whatever cannot go on. */
  readonly #stop = new AbortController();
  #state = '';
  #trouble = '';
  #passing: NodeJS.Timeout | undefined;
  /** Up to this position everything was shown. */
  #shown = 0;
  /** What was told of the log (ids). */
  readonly #told = new Set<string>();
  #begun: () => void = () => {};

  constructor(options: ChatOptions) {
    const { conversation, signal, screen, text } = options;
    this.#options = options;
    this.#outgoing = new Outgoing({
      conversation,
      signal,
      onChange: () => this.#showStatus(),
      onFailure: (lost, error) => {
        const what = lost === null ? 'A message that waited does not go out' : `Not sent: “${excerptOf(lost)}”`;
        this.#print(text.trouble(`${what}: ${withHint(error)}`));
      },
    });
    this.#receipts = new Receipts(conversation, (state) => {
      this.#state = state;
      if (screen.live) this.#showStatus();
      else if (!state.startsWith('stored')) this.#print(text.note(state));
    });
  }

  async run(): Promise<void> {
    const { signal, screen } = this.#options;
    const stopped = AbortSignal.any([signal, this.#stop.signal]);
    const end = (error: unknown): void => this.#stop.abort(error);
    this.#outgoing.sendWaiting();
    const begun = new Promise<void>((resolve) => (this.#begun = resolve));
    const reading = this.#read(stopped).catch(end);
    const watching = this.#receipts.watch(stopped).catch(end);
    if (!screen.live) await Promise.race([begun, reading]);
    const how = await this.#listen(stopped);
    screen.close();
    const kept = await this.#finish(how === 'interrupt' ? 0 : this.#options.timeoutMs, stopped);
    const failure: unknown = this.#stop.signal.aborted ? this.#stop.signal.reason : null;
    this.#stop.abort();
    await Promise.all([reading, watching]);
    if (failure !== null) throw failure;
    // what came while the last lines were sent
    if (!screen.live && !signal.aborted) {
      for await (const message of this.#rest(this.#onFinding)) await this.#show(message);
    }
    const sentence = kept === 0 ? '' : keptSentences(kept, this.#options.name);
    if (how === 'interrupt') throw new Interrupted('SIGINT', sentence);
    if (signal.aborted) {
      const { signal: name } = signal.reason as Interrupted;
      throw new Interrupted(name, sentence);
    }
    if (kept > 0) throw new CliError(sentence, { code: 'kept', exit: EXIT.kept });
  }

  /** Takes what is entered; how it ended. */
  async #listen(stopped: AbortSignal): Promise<'end' | 'interrupt'> {
    const { conversation, screen, text, signal } = this.#options;
    const typed = screen.typed()[Symbol.asyncIterator]();
    const over = new Promise<null>((resolve) => {
      if (stopped.aborted) resolve(null);
      stopped.addEventListener('abort', () => resolve(null), { once: true });
    });
    for (;;) {
      const next = await Promise.race([typed.next(), over]);
      if (next === null || next.done === true) return 'end';
      const { value } = next;
      if (value.kind !== 'line') return value.kind;
      const command = readCommand(value.text);
      if (command?.name === 'quit') return 'end';
      if (command !== null) {
        const say = (words: string): Promise<void> => screen.print(text.note(words));
        const give = (line: string): Promise<void> => screen.print(`${visibleLine(line)}\n`);
        await runCommand(command.name, command.words, { conversation, signal, say, give }).catch((error: Error) => {
          if (!stopped.aborted) this.#print(text.trouble(withHint(error)));
        });
      } else if (value.text.trim() !== '') await this.#outgoing.send(messageOf(value.text));
    }
  }

  async #finish(timeoutMs: number, stopped: AbortSignal): Promise<number> {
    const { screen, text } = this.#options;
    const { length } = this.#outgoing.pending;
    if (length > 0 && screen.live && timeoutMs > 0 && !stopped.aborted) {
      const what = length === 1 ? 'A message is' : `${length} messages are`;
      this.#print(text.note(`${what} still on the way. Ctrl-C ends at once; nothing is lost by that.`));
    }
    return this.#outgoing.finish(timeoutMs);
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { source, received } = this.#options;
    const begun = { ...source, earlier: () => this.#recent(received) };
    const onFinding = this.#onFinding;
    const onTrouble = (error: Error, waitMs: number): void => this.#showTrouble(error, waitMs);
    for await (const { message, received } of incoming(begun, { signal, all: true, onFinding, onTrouble })) {
      await this.#show(message);
      await received();
    }
  }

  async #show(message: FramedMessage): Promise<void> {
    const { screen, text } = this.#options;
    await screen.print(text.message(message));
    this.#trouble = '';
    this.#shown = message.position;
    this.#receipts.take(message);
    if (isMe(message.sender) && message.content) this.#outgoing.stored(textOf(message.content) ?? '');
  }

  /** The last ones, or all that were not received yet where they are more. */
  async *#recent(received: number): AsyncGenerator<FramedMessage> {
    const { conversation, screen } = this.#options;
    const recent = await conversation.history({ last: RECENT });
    const complete = (recent[0]?.position ?? 0) <= received + 1;
    yield* complete ? recent : await conversation.history({ after: received });
    // lines in, lines out: what is there comes before what the first line brings
    if (!screen.live) yield* this.#rest(() => {}); // the reading that goes on tells what was found
    this.#begun();
  }

  /** What is there now and was not shown yet. */
  async *#rest(onFinding: (finding: Finding) => void): AsyncGenerator<FramedMessage> {
    const { conversation, text, signal } = this.#options;
    const unread = conversation.unread({ signal, onFinding });
    try {
      for await (const message of unread) {
        if (message.position > this.#shown) yield message;
        await unread.commit();
      }
    } catch (error) {
      if (!signal.aborted) this.#print(text.trouble(error instanceof Error ? error.message : String(error)));
    }
  }

  readonly #onFinding = (finding: Finding): void => {
    if (finding.id !== undefined && this.#told.has(finding.id)) return;
    if (finding.id !== undefined) this.#told.add(finding.id);
    this.#print(this.#options.text.finding(finding));
  };

  #print(lines: string): void {
    // whoever cannot be shown anything any more is told by the next message
    this.#options.screen.print(lines).catch((error: unknown) => this.#stop.abort(error));
  }

  #showTrouble({ message }: Error, waitMs: number): void {
    const { screen, text } = this.#options;
    if (!screen.live && this.#trouble === '') this.#print(text.trouble(`${message} It is tried again.`));
    this.#trouble = `! ${message} It is tried again in ${Math.ceil(waitMs / 1000)} s.`;
    this.#showStatus();
    if (!screen.live) return;
    // a try that does not fail soon has the channel again
    clearTimeout(this.#passing);
    this.#passing = setTimeout(() => this.#endTrouble(), waitMs + PASSED_MS).unref();
  }

  #endTrouble(): void {
    this.#trouble = '';
    this.#showStatus();
  }

  #showStatus(): void {
    const { pending, trouble } = this.#outgoing;
    const state = trouble === '' ? 'sending …' : `not stored yet: ${trouble}`;
    const waiting = pending.slice(0, PENDING_SHOWN).map((text) => `${excerptOf(text)} · ${state}`);
    const more = pending.length - waiting.length;
    const lines = [this.#trouble, this.#state, ...waiting, more > 0 ? `… and ${more} more` : ''];
    this.#options.screen.status(lines.filter((line) => line !== ''));
  }
}

function withHint(error: Error): string {
  return 'hint' in error && typeof error.hint === 'string' ? `${error.message} ${error.hint}` : error.message;
}

function keptSentences(kept: number, name: string): string {
  return kept === 1
    ? keptSentence(name)
    : `${kept} messages are kept, sealed, and go out with the next command for ${name}.`;
}
