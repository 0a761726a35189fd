const MINUTE_MS = 60_000;

/** Tells when nobody has done anything for a while. The time that a computer slept, or a tab was frozen, counts. */
export class Idle {
  readonly #onIdle: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #end = Number.POSITIVE_INFINITY;

  constructor(onIdle: () => void) {
    this.#onIdle = onIdle;
    document.addEventListener('visibilitychange', () => this.#isOver());
  }

  /** Somebody does something: so many minutes from now, unless they are over already. Null: never. */
  stir(minutes: number | null): void {
    if (this.#isOver()) return;
    this.stop();
    if (minutes === null) return;
    this.#end = Date.now() + minutes * MINUTE_MS;
    this.#timer = setTimeout(() => this.#tell(), minutes * MINUTE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#end = Number.POSITIVE_INFINITY;
  }

  /** Timers stand still while a computer sleeps; its clock does not. */
  #isOver(): boolean {
    if (Date.now() < this.#end) return false;
    this.#tell();
    return true;
  }

  #tell(): void {
    this.stop();
    this.#onIdle();
  }
}
