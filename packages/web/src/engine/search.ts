import type { ShownMessage } from './model.ts';
import { isShown, shownOf } from './talk/shown.ts';
import type { Talk } from './talk/talk.ts';

const FOUND_AT_MOST = 50;
/** The texts of so many messages are looked through before the page gets a turn. */
const AT_ONCE = 2000;

export interface Found {
  readonly talk: Talk;
  readonly message: ShownMessage;
}

/** What one conversation has been read up to, ready to be looked through. */
interface Searchable {
  upTo: number;
  readonly texts: { readonly folded: string; readonly message: ShownMessage }[];
}

/** Looks for texts in conversations. Each message is read from the profile once. */
export class Search {
  readonly #read = new WeakMap<Talk, Searchable>();

  /** Messages of these conversations with a text in them, the newest first. */
  async find(talks: readonly Talk[], text: string): Promise<readonly Found[]> {
    const wanted = folded(text);
    if (wanted === '') return [];
    const found: Found[] = [];
    for (const talk of talks) {
      const texts = await this.#textsOf(talk);
      for (let at = texts.length - 1, hits = 0; at >= 0 && hits < FOUND_AT_MOST; at--) {
        if (at % AT_ONCE === 0) await nextTurn();
        const { folded, message } = texts[at] as Searchable['texts'][number];
        if (!folded.includes(wanted)) continue;
        found.push({ talk, message });
        hits++;
      }
    }
    return found.toSorted((a, b) => b.message.at.getTime() - a.message.at.getTime()).slice(0, FOUND_AT_MOST);
  }

  async #textsOf(talk: Talk): Promise<Searchable['texts']> {
    const read = this.#read.get(talk) ?? { upTo: 0, texts: [] };
    this.#read.set(talk, read);
    const news = await talk.history({ after: read.upTo });
    for (const [at, message] of news.entries()) {
      // another search that was at it meanwhile has read this already
      if (message.position <= read.upTo) continue;
      read.upTo = message.position;
      if (at % AT_ONCE === AT_ONCE - 1) await nextTurn();
      if (!isShown(message)) continue;
      const shown = shownOf(message, talk.me);
      if (shown.text !== null) read.texts.push({ folded: folded(shown.text), message: shown });
    }
    return read.texts;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** As it is compared: without case, composed. */
export function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim();
}
