import type { Change, Journal, Since } from './journal.ts';
import { takeNews, type State } from './state.ts';

/** One conversation's state in this process, which follows what all processes save. */
export class Live {
  readonly id: number;
  readonly #journal: Journal;
  readonly #empty: () => State;
  #state: State | null = null;
  #since: Since | null = null;
  /** One after the other: what is loaded must be folded once. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(journal: Journal, id: number, empty: () => State) {
    this.#journal = journal;
    this.id = id;
    this.#empty = empty;
  }

  /** What all processes have saved up to now. Changed in place by what comes: not to be kept over an await. */
  current(): Promise<State> {
    return this.#alone(async () => {
      const news = await this.#journal.load(this.id, this.#since);
      const state = news.anew || this.#state === null ? this.#empty() : this.#state;
      takeNews(state, news);
      this.#since = news.now;
      this.#state = state;
      return state;
    });
  }

  /**
   * One transaction on the state as it is then: `change` applies to the state what it gives to be saved. Where the
   * outcome is not known (an error), the state is loaded anew the next time.
   */
  async update<T>(change: (state: State) => Change<T>): Promise<T> {
    // a long history is loaded without keeping others from writing
    if (this.#state === null) await this.current();
    return this.#alone(async () => {
      const { result, now } = await this.#journal.update(this.id, this.#since, (news) => {
        const state = news.anew || this.#state === null ? this.#empty() : this.#state;
        this.#state = state;
        takeNews(state, news);
        return change(state);
      });
      this.#since = now;
      return result;
    });
  }

  /** What was loaded is not looked at any more. */
  forget(): void {
    this.#state = null;
    this.#since = null;
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work).catch((error: unknown) => {
      this.forget();
      throw error;
    });
    this.#last = mine.catch(() => {});
    return mine;
  }
}
