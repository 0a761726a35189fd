import type { Channel } from '@fernspeak/channel';
import type { Lock, Store } from '../../src/index.ts';

/** Kill -9: nothing that the program does afterwards has any effect. */
export class Killed extends Error {}

/** When a life ends: at its `operation`th operation, before or after that has had its effect. */
export interface Death {
  readonly operation: number;
  readonly when: 'before' | 'after';
}

/** One life of a program on a store and a channel that outlive it. `null`: it does not end. */
export function mortal(
  death: Death | null,
  parts: { store: Store; channel: Channel },
): { store: Store; channel: Channel } {
  let operations = 0;
  let dead = false;
  const held = new Set<Lock>();
  const die = (): never => {
    dead = true;
    for (const lock of held) lock.release(); // as the kernel does
    held.clear();
    throw new Killed('kill -9');
  };
  const operation = async <T>(work: () => Promise<T>): Promise<T> => {
    if (dead) throw new Killed('dead already');
    operations += 1;
    const last = death !== null && operations === death.operation;
    if (last && death.when === 'before') die();
    const result = await work();
    if (last) die();
    return result;
  };
  const lock = (address: string): Promise<Lock | null> =>
    operation(async () => {
      const lock = await parts.store.lock(address);
      if (lock) held.add(lock);
      return lock && { release: () => held.delete(lock) && lock.release() };
    });
  async function* read(...args: Parameters<Channel['read']>): ReturnType<Channel['read']> {
    await operation(async () => {});
    yield* parts.channel.read(...args);
  }
  const wrap = <T extends object>(target: T, own: Partial<T>): T =>
    new Proxy(target, {
      get(inner, name) {
        if (name in own) return own[name as keyof T];
        const value = inner[name as keyof T];
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => operation(() => Promise.resolve(value.apply(inner, args) as unknown));
      },
    });
  return { store: wrap(parts.store, { lock }), channel: wrap(parts.channel, { read }) };
}
