import { utf8 } from '../bytes.ts';

/** HKDF-SHA-256 (RFC 5869) with an empty salt and `info` in UTF-8, to that many bytes. */
export async function hkdf(secret: Uint8Array, info: string, bytes = 32): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', new Uint8Array(secret), 'HKDF', false, ['deriveBits']);
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: utf8(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 8 * bytes));
}
