import { base64url, fromBase64url } from '../bytes.ts';
import { inDomain, type SigningDomain } from '../domains.ts';
import type { Key } from './crypto-key.ts';

const ED25519 = 'Ed25519';

/** A device's key pair of WebCrypto's (its `CryptoKeyPair`). */
export interface DeviceKey {
  readonly privateKey: Key;
  readonly publicKey: Key;
}

/** Who signs: one Ed25519 key (RFC 8032), which belongs to one profile. */
export interface Device {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The same in base64url without padding: a member's `id`. */
  readonly id: string;
  /** Ed25519 over `domain` ‖ 0x00 ‖ `bytes`: 64 bytes. */
  sign(domain: SigningDomain, bytes: Uint8Array): Promise<Uint8Array>;
}

/**
 * A new key pair of the platform's. `extractable`: {@link exportDeviceKey} works on it (Node's profile); in browsers leave
 * it out and keep the pair itself in IndexedDB.
 *
 * @throws DOMException `NotSupportedError` where WebCrypto has no Ed25519
 */
export async function newDeviceKey({ extractable = false }: { extractable?: boolean } = {}): Promise<DeviceKey> {
  return (await crypto.subtle.generateKey(ED25519, extractable, ['sign', 'verify'])) as DeviceKey;
}

/** The device that a key pair is. */
export async function deviceOf({ privateKey, publicKey }: DeviceKey): Promise<Device> {
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
  return {
    publicKey: raw,
    id: base64url(raw),
    sign: async (domain, bytes) =>
      new Uint8Array(await crypto.subtle.sign(ED25519, privateKey, inDomain(domain, bytes))),
  };
}

/** The private key of an extractable pair as PKCS#8 (RFC 8410), 48 bytes: a secret. */
export async function exportDeviceKey({ privateKey }: DeviceKey): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey));
}

/**
 * The pair that {@link exportDeviceKey} saved. `extractable` false: nobody gets it out again.
 *
 * @throws DOMException `DataError` for what is no such key
 */
export async function importDeviceKey(
  pkcs8: Uint8Array,
  { extractable = true }: { extractable?: boolean } = {},
): Promise<DeviceKey> {
  const privateKey = await crypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), ED25519, true, ['sign']);
  // the PKCS#8 form holds the private key alone; a JWK names the public one beside it
  const { x = '' } = await crypto.subtle.exportKey('jwk', privateKey);
  const raw = fromBase64url(x) ?? new Uint8Array();
  const kept = extractable
    ? privateKey
    : await crypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), ED25519, false, ['sign']);
  return { privateKey: kept, publicKey: await crypto.subtle.importKey('raw', raw, ED25519, true, ['verify']) };
}
