import {
  forgotten,
  queueOf,
  type Change,
  type Changes,
  type Kept,
  type News,
  type Shown,
  type Since,
} from './framed/journal.ts';
import type { Accepted, Checkpoint, OutboxItem, Store } from './store.ts';

type Item = OutboxItem & { address: string };

/** A conversation between two updates. */
interface Held {
  readonly id: number;
  readonly identity: string;
  /** Null: it was forgotten. */
  about: string | null;
  checkpoint: string | null;
  version: number;
  epoch: number;
  received: number;
  journal: { readonly at: number; readonly isRead: boolean; readonly text: string }[];
  shown: Shown[];
}

/** A store that lives as long as the program: for tests, and for programs that keep nothing. */
export function memoryStore(): Store {
  const items = new Map<number, Item>();
  const checkpoints = new Map<string, Checkpoint>();
  const locked = new Set<string>();
  const conversations = new Map<number, Held>();
  let last = 0;
  const of = (address: string): Item[] => [...items.values()].filter((item) => item.address === address);
  const change = async (id: number, change: Partial<OutboxItem>): Promise<void> => {
    const item = items.get(id);
    if (item) items.set(id, { ...item, ...change });
  };
  const held = (id: number): Held => {
    const conversation = conversations.get(id);
    if (!conversation || conversation.about === null) throw forgotten();
    return conversation;
  };
  const accept = (address: string, { draft = false, ...item }: Accepted): number => {
    last += 1;
    items.set(last, { id: last, address, ...item, draft, attempt: null, outcome: null });
    return last;
  };
  const save = (conversation: Held, changes: Changes): void => {
    if (changes.finished && items.get(changes.finished.item)?.draft !== true) {
      throw new TypeError(`Item ${changes.finished.item} is no draft in the outbox any more.`);
    }
    note(conversation, changes, () => (last += 1));
    const { draft, finished } = changes;
    if (draft) accept(draft.address, { ...draft, draft: true });
    const item = finished && items.get(finished.item);
    if (item) items.set(item.id, { ...item, sealed: finished.sealed, attempt: finished.attempt, draft: false });
  };
  return {
    accept: async (address, item) => accept(address, item),
    item: async (id) => items.get(id) ?? null,
    head: async (address) => of(address).find(({ outcome }) => outcome === null) ?? null,
    items: async (address) => of(address),
    attempt: (id, attempt) => change(id, { attempt }),
    settle: (id, outcome) => change(id, { outcome }),
    attend: (id, attendedUntil) => change(id, { attendedUntil }),
    remove: async (id) => void items.delete(id),
    lock: async (address) => {
      if (locked.has(address)) return null;
      locked.add(address);
      return { release: () => void locked.delete(address) };
    },
    checkpoint: async (address) => checkpoints.get(address) ?? null,
    saveCheckpoint: async (address, checkpoint) => {
      if ((checkpoints.get(address)?.version ?? 0) !== checkpoint.version) return false;
      checkpoints.set(address, { ...checkpoint, version: checkpoint.version + 1 });
      return true;
    },

    conversations: async () =>
      [...conversations.values()].flatMap(({ id, about }): Kept[] => (about === null ? [] : [{ id, about }])),
    create: async (identity, about) => {
      const known = [...conversations.values()].find((each) => each.identity === identity);
      if (known) {
        known.about ??= about;
        return known.id;
      }
      const id = (last += 1);
      const empty = { checkpoint: null, version: 0, epoch: 0, received: 0, journal: [], shown: [] };
      conversations.set(id, { id, identity, about, ...empty });
      return id;
    },
    describe: async (id, about) => {
      const conversation = conversations.get(id);
      if (conversation && conversation.about !== null) conversation.about = about;
    },
    forget: async (id, remembered) => {
      const conversation = conversations.get(id);
      if (remembered.length === 0) conversations.delete(id);
      else if (conversation) {
        const { identity, version, epoch } = conversation;
        const journal = remembered.map((text) => ({ at: (last += 1), isRead: false, text }));
        const left = { about: null, checkpoint: null, version: version + 1, epoch: epoch + 1, received: 0, shown: [] };
        conversations.set(id, { id, identity, ...left, journal });
      }
      for (const item of of(queueOf(id))) items.delete(item.id);
    },
    load: async (id, since) => newsOf(held(id), since),
    update: async <T>(id: number, since: Since | null, change: (news: News) => Change<T>) => {
      const conversation = held(id);
      const news = newsOf(conversation, since);
      const { changes, result } = change(news);
      if (changes) save(conversation, changes);
      return { result, now: changes ? nowOf(conversation) : news.now };
    },
    shown: async (id, range) => {
      const { shown } = held(id);
      if ('loud' in range) return shown.filter(({ loud }) => loud);
      if ('last' in range) return range.last > 0 ? shown.slice(-range.last) : [];
      return shown.filter(({ position }) => position > range.after).slice(0, range.limit);
    },
    received: async (id) => held(id).received,
    saveReceived: async (id, position) => {
      const conversation = held(id);
      conversation.received = Math.max(conversation.received, position);
    },
  };
}

function nowOf({ epoch, version, journal }: Held): Since {
  return { epoch, checkpoint: version, entry: journal.at(-1)?.at ?? 0 };
}

function newsOf(conversation: Held, since: Since | null): News {
  const now = nowOf(conversation);
  const anew = since?.epoch !== now.epoch;
  const entries = conversation.journal.filter(({ at }) => anew || at > since.entry).map(({ text }) => text);
  const checkpoint = !anew && since.checkpoint === now.checkpoint ? undefined : conversation.checkpoint;
  return { now, anew, checkpoint, entries };
}

function note(conversation: Held, changes: Changes, next: () => number): void {
  const { anew = false, checkpoint, read = [], made = [], shown = [], reshown = [] } = changes;
  if (anew) {
    conversation.epoch += 1;
    conversation.journal = conversation.journal.filter(({ isRead }) => !isRead);
  }
  for (const text of made) conversation.journal.push({ at: next(), isRead: false, text });
  for (const text of read) conversation.journal.push({ at: next(), isRead: true, text });
  if (checkpoint !== undefined) {
    conversation.checkpoint = checkpoint;
    conversation.version += 1;
  }
  for (const each of shown) conversation.shown.push({ position: next(), ...each });
  const replaced = new Map(reshown.map((each) => [each.position, each]));
  conversation.shown = conversation.shown.map((each) => replaced.get(each.position) ?? each);
}
