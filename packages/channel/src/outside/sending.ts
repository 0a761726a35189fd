import type { Entry } from '../channel.ts';
import { readPart } from '../format/part.ts';

/** What was sent in one go, as anyone sees it: an entry, or the parts of something longer. */
export interface Sending {
  /** Its entries, in order. */
  readonly entries: readonly Entry[];
  /** Of all fields together, in characters. */
  readonly characters: number;
  /** When its first entry was stored: milliseconds of the epoch; null: the channel says nothing that is a time. */
  readonly storedAt: number | null;
}

/** Puts the parts of a sending together; the order is that of their first entries. */
export function sendingsOf(entries: readonly Entry[]): Sending[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const part = readPart(entry.fields);
    const key = part === null ? `entry ${entry.id}` : `part ${part.id}`;
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  return Array.from(groups.values(), (group) => {
    const storedAt = Date.parse(group[0]?.createdAt ?? '');
    return {
      entries: group,
      characters: group.reduce((sum, { fields }) => sum + charactersIn(fields), 0),
      storedAt: Number.isNaN(storedAt) ? null : storedAt,
    };
  });
}

function charactersIn(fields: Entry['fields']): number {
  return fields.reduce((sum, value) => sum + Array.from(value ?? '').length, 0);
}
