import { MemoryChannel, type Entry } from '@fernspeak/channel';

/** What a relay could do to a log. */
export type LieKind = 'flip' | 'replay' | 'swap' | 'drop';

/** Does it to the entry at a place of the log (from 0), and gives another log: the entries are those of before. */
export function lie(log: readonly Entry[], kind: LieKind, at: number): readonly Entry[] {
  const entry = log[at];
  if (!entry) return log;
  if (kind === 'flip') return log.with(at, { ...entry, fields: flipped(entry.fields) });
  if (kind === 'drop') return numbered(log.toSpliced(at, 1));
  if (kind === 'replay') return [...log, { ...entry, id: (log.at(-1)?.id ?? 0) + 1, createdAt: newest(log) }];
  const before = log[at - 1];
  return before === undefined ? log : log.with(at - 1, moved(entry, before)).with(at, moved(before, entry));
}

/** A channel in memory that holds a log as it is; its numbers begin at 1. */
export async function copyOf(log: readonly Entry[]): Promise<MemoryChannel> {
  let createdAt = '';
  const channel = new MemoryChannel({ now: () => new Date(createdAt) });
  for (const entry of log) {
    createdAt = entry.createdAt;
    await channel.append([entry.fields]);
  }
  return channel;
}

/** The contents of one entry at the number and time of another. */
function moved(contents: Entry, place: Entry): Entry {
  return { ...contents, id: place.id, createdAt: place.createdAt };
}

function numbered(log: readonly Entry[]): readonly Entry[] {
  return log.map((entry, index) => Object.assign({}, entry, { id: index + 1 }));
}

function newest(log: readonly Entry[]): string {
  return log.at(-1)?.createdAt ?? '';
}

/** One character in the middle of the longest value becomes another: at least one bit of one byte. */
function flipped(fields: Entry['fields']): Entry['fields'] {
  const lengths = fields.map((value) => value?.length ?? 0);
  const longest = lengths.indexOf(Math.max(...lengths));
  const value = fields[longest] ?? '';
  const middle = Math.floor(value.length / 2);
  const other = value[middle] === 'A' ? 'B' : 'A';
  return fields.with(longest, `${value.slice(0, middle)}${other}${value.slice(middle + 1)}`);
}
