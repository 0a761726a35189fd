import type { Checkpoint, OutboxItem, Store } from './store.ts';

/** A store that lives as long as the program: for tests, and for programs that keep nothing. */
export function memoryStore(): Store {
  const items = new Map<number, OutboxItem & { address: string }>();
  const checkpoints = new Map<string, Checkpoint>();
  const locked = new Set<string>();
  let last = 0;
  const of = (address: string): (OutboxItem & { address: string })[] =>
    [...items.values()].filter((item) => item.address === address);
  const change = async (id: number, change: Partial<OutboxItem>): Promise<void> => {
    const item = items.get(id);
    if (item) items.set(id, { ...item, ...change });
  };
  return {
    accept: async (address, item) => {
      last += 1;
      items.set(last, { id: last, address, ...item, attempt: null, outcome: null });
      return last;
    },
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
  };
}
