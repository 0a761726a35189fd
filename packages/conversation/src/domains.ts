import { sha256 } from '#sha256';
import { concat, utf8 } from './bytes.ts';

/** What a device signs begins with one of these and a zero byte, so that no signature can serve as another. */
export type SigningDomain = 'fernspeak/frame/v1';

/** The same for hashes. */
export type HashDomain =
  | 'fernspeak/message/v1'
  | 'fernspeak/chain/v1'
  | 'fernspeak/safety-number/v1'
  | 'fernspeak/invite/v1'
  | 'fernspeak/recovery-file/v1';

const beginnings = new Map<string, Uint8Array>();

/** `domain` ‖ 0x00 ‖ the parts. */
export function inDomain(domain: SigningDomain | HashDomain, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let beginning = beginnings.get(domain);
  if (!beginning) beginnings.set(domain, (beginning = utf8(`${domain}\0`)));
  return concat(beginning, ...parts);
}

/** SHA-256(`domain` ‖ 0x00 ‖ the parts), 32 bytes. */
export function hashIn(domain: HashDomain, ...parts: readonly Uint8Array[]): Uint8Array {
  return sha256(inDomain(domain, ...parts));
}
