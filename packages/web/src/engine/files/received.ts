import { isComplete, type KnownFile } from '@fernspeak/conversation';
import { effect, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { App } from '../app.ts';
import type { ShownMessage } from '../model.ts';
import { problemOf, type Problem } from '../problem.ts';
import type { Talk } from '../talk/talk.ts';
import { fetchFile } from './transfer.ts';

/** While parts come one after the other, it is looked this often how many there are, in milliseconds. */
const LOOK_MS = 400;
/** Pictures that nothing can be hidden in that runs. */
const PICTURES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
/** Larger ones are fetched when somebody asks for them. */
const SHOWN_BY_ITSELF = 8_000_000;

/** How far a file is: `coming` and `fetching` with the share that is there, 0 to 1. */
export type FileState =
  | { readonly kind: 'coming'; readonly share: number }
  | { readonly kind: 'there' }
  | { readonly kind: 'fetching'; readonly share: number }
  | { readonly kind: 'here'; readonly blob: Blob; readonly picture: string | null }
  | { readonly kind: 'failed'; readonly problem: Problem };

/** A file that somebody sent, while it is shown. Lives until `close`. */
export class ReceivedFile {
  readonly state: ReadonlySignal<FileState>;
  readonly #state: Signal<FileState> = signal({ kind: 'coming', share: 0 });
  readonly #app: App;
  readonly #talk: Talk;
  readonly #message: ShownMessage;
  readonly #ended = new AbortController();
  readonly #unwatch: () => void;
  #known: KnownFile | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: App, talk: Talk, message: ShownMessage) {
    this.#app = app;
    this.#talk = talk;
    this.#message = message;
    this.state = this.#state;
    this.#unwatch = effect(() => {
      void talk.parts.value;
      if (this.#known && isComplete(this.#known)) return;
      this.#timer ??= setTimeout(() => void this.#look(), this.#known ? LOOK_MS : 0);
    });
  }

  close(): void {
    this.#unwatch();
    clearTimeout(this.#timer);
    this.#ended.abort();
    const state = this.#state.peek();
    if (state.kind === 'here' && state.picture !== null) URL.revokeObjectURL(state.picture);
  }

  /** True: it can be shown in the page, as a picture. */
  get isPicture(): boolean {
    return PICTURES.has(this.#type);
  }

  /** Gets the bytes; null when that failed, which `state` tells. */
  async fetch(): Promise<Blob | null> {
    const state = this.#state.peek();
    if (state.kind === 'here') return state.blob;
    if (!this.#known || state.kind === 'fetching') return null;
    const { size } = this.#known.offer;
    this.#state.value = { kind: 'fetching', share: 0 };
    try {
      const onProgress = (bytes: number): void =>
        void (this.#state.value = { kind: 'fetching', share: size === 0 ? 1 : bytes / size });
      const blob = await fetchFile(this.#app, this.#talk, this.#known, { signal: this.#ended.signal, onProgress });
      // the type is ours: one of four, or none
      const picture = this.isPicture ? URL.createObjectURL(new Blob([blob], { type: this.#type })) : null;
      this.#state.value = { kind: 'here', blob, picture };
      return blob;
    } catch (error) {
      if (!this.#ended.signal.aborted) this.#state.value = { kind: 'failed', problem: problemOf(error) };
      return null;
    }
  }

  get #type(): string {
    return this.#known?.offer.type ?? '';
  }

  async #look(): Promise<void> {
    this.#timer = undefined;
    const { position, sender, file } = this.#message;
    if (position === null || !file) return;
    const files = await this.#talk.conversation.files({ after: position - 1 });
    if (this.#ended.signal.aborted) return;
    this.#known = files.find(({ from, offer }) => from === sender?.id && offer.file === file.file) ?? null;
    if (!this.#known) return;
    const { offer, chunks } = this.#known;
    if (!isComplete(this.#known)) {
      this.#state.value = { kind: 'coming', share: offer.chunks === 0 ? 0 : chunks.size / offer.chunks };
      return;
    }
    this.#state.value = { kind: 'there' };
    if (this.isPicture && offer.size <= SHOWN_BY_ITSELF) await this.fetch();
  }
}
