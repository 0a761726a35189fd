import type { Entry } from '../channel.ts';
import { readPart } from '../format/part.ts';
import { readToken, unwrapBytesLiteral } from '../format/token.ts';

/** A clock is right if it is so near to the channel's, in seconds: more is a clock that is wrong, or a message that waited. */
const CLOCK_NEAR_S = 60;

/**
 * What of an entry tells one writing program or clock from another, as one string: which fields it uses, what is written
 * around a token, whether the token tells its time and how that clock stands to the channel's, what is readable, and the
 * names of what stands beside the fields. Equal strings: nothing visible tells their writers apart.
 */
export function marksOf({ fields, extras, createdAt }: Entry): string {
  const stored = Date.parse(createdAt) / 1000;
  const inFields = readPart(fields) !== null ? ['part'] : fields.map((value) => markOf(value, stored));
  const beside = (extras ?? []).map(({ name }) => name).toSorted();
  return JSON.stringify([inFields, beside]);
}

function markOf(value: string | null, stored: number): string {
  if (value === null || value === '') return 'none';
  const inner = unwrapBytesLiteral(value);
  const token = readToken(inner);
  if (token === null) return 'readable';
  return `${inner === value ? '' : 'wrapped '}${clockOf(token.sealedAt, stored)}`;
}

function clockOf(sealed: number, stored: number): string {
  if (sealed === 0) return 'no time';
  if (Number.isNaN(stored) || Math.abs(stored - sealed) <= CLOCK_NEAR_S) return 'clock';
  return sealed < stored ? 'clock behind' : 'clock ahead';
}
