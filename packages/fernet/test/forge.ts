import { createHmac } from 'node:crypto';

/** Padded base64url of any bytes, made without the code under test. */
export function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/** A token with this body (version to ciphertext, whatever it is) and the HMAC that the key's holder would give it. */
export function signed(key: string, body: Uint8Array): string {
  const signingKey = Buffer.from(key, 'base64url').subarray(0, 16);
  return base64url(Buffer.concat([body, createHmac('sha256', signingKey).update(body).digest()]));
}
