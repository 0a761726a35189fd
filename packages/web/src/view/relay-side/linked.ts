import { signal } from '@preact/signals';

const linked = signal<readonly number[]>([]);

/** Marks these entries, and the message that they are, on both sides. */
export function link(entries: readonly number[]): void {
  linked.value = entries;
}

/** Whether a message or an entry is the one that is pointed at. */
export function isLinked(entries: readonly number[]): boolean {
  const marked = linked.value;
  return entries.some((entry) => marked.includes(entry));
}
