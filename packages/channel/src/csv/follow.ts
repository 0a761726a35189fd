import type { FSWatcher } from 'node:fs';
import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** How often the file is looked at anyway: network drives tell nothing of what other machines write. */
const POLL_MS = 1000;

/** Wakes a follower: at once where the system tells about changes, else at the next look. */
export class FileWatch {
  readonly #signal: AbortSignal | undefined;
  #watcher: FSWatcher | undefined;
  #changed = false;
  #wake: () => void = () => {};

  constructor(path: string, signal: AbortSignal | undefined) {
    this.#signal = signal;
    try {
      // the folder, not the file: it may not exist yet, and a file that is put in its place is another one
      this.#watcher = watch(dirname(path), (_, name) => {
        if (name !== null && name !== basename(path)) return;
        this.#changed = true;
        this.#wake();
      });
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      // no watches left, or a folder that cannot be watched: looking now and then has to do
      this.#watcher = undefined;
    }
  }

  /** Resolves after a change since the last call, after a while, or when the signal says to stop. */
  async next(): Promise<void> {
    if (!this.#changed && this.#signal?.aborted !== true) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, POLL_MS);
        const done = (): void => {
          clearTimeout(timer);
          this.#signal?.removeEventListener('abort', done);
          resolve();
        };
        this.#wake = done;
        this.#signal?.addEventListener('abort', done);
      });
    }
    this.#changed = false;
  }

  close(): void {
    this.#watcher?.close();
  }
}
