import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { App } from '../app.ts';
import { problemOf, type Problem } from '../problem.ts';
import type { Talk } from '../talk/talk.ts';

/** A file on its way out. */
export interface Upload {
  readonly file: File;
  /** Bytes that are on the channel. */
  readonly done: ReadonlySignal<number>;
  readonly failed: ReadonlySignal<Problem | null>;
  /** Ends it; what went out stays, and the same file again goes on from there. */
  stop(): void;
  /** Tries one that failed again. */
  again(): void;
}

/** What one conversation is sending, one file after the other. */
const all = new WeakMap<Talk, Signal<readonly Upload[]>>();

export function uploadsOf(talk: Talk): Signal<readonly Upload[]> {
  const there = all.get(talk) ?? signal<readonly Upload[]>([]);
  all.set(talk, there);
  return there;
}

/** Sends files, each when those before it are done. What is in this page alone takes none: a worker does not reach it. */
export function sendFiles(app: App, talk: Talk, files: Iterable<File>): void {
  if (talk.isInMemory) return;
  const uploads = uploadsOf(talk);
  const wasIdle = !uploads.peek().some(({ failed }) => failed.peek() === null);
  uploads.value = [...uploads.peek(), ...Array.from(files, (file) => new Sending(app, talk, file))];
  if (wasIdle) void sendOn(talk);
}

async function sendOn(talk: Talk): Promise<void> {
  const uploads = uploadsOf(talk);
  const next = uploads.peek().find(({ failed }) => failed.peek() === null);
  if (!next) return;
  await (next as Sending).run();
  await sendOn(talk);
}

class Sending implements Upload {
  readonly file: File;
  readonly done: Signal<number> = signal(0);
  readonly failed: Signal<Problem | null> = signal(null);
  readonly #app: App;
  readonly #talk: Talk;
  readonly #stopped = new AbortController();

  constructor(app: App, talk: Talk, file: File) {
    this.file = file;
    this.#app = app;
    this.#talk = talk;
    talk.ended.addEventListener('abort', () => this.#stopped.abort(), { once: true });
  }

  /** Never rejects: what went wrong stands in `failed`. */
  async run(): Promise<void> {
    try {
      const { sendFile } = await import('./transfer.ts');
      const onProgress = (bytes: number): void => void (this.done.value = bytes);
      await sendFile(this.#app, this.#talk, this.file, { signal: this.#stopped.signal, onProgress });
      this.#leave();
    } catch (error) {
      if (this.#stopped.signal.aborted) this.#leave();
      else this.failed.value = problemOf(error);
    }
  }

  stop(): void {
    this.#stopped.abort();
    if (this.failed.value !== null) this.#leave();
  }

  again(): void {
    this.#leave();
    sendFiles(this.#app, this.#talk, [this.file]);
  }

  #leave(): void {
    const uploads = uploadsOf(this.#talk);
    uploads.value = uploads.value.filter((each) => each !== this);
  }
}
