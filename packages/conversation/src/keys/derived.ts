import { isKey } from '@fernspeak/fernet';
import { fromBase64url } from '../bytes.ts';
import { hkdf } from './hkdf.ts';

const DERIVED_BYTES = 16;
/** RFC 4648 §6: the alphabet of ThingSpeak's keys. */
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * The id (16 bytes) of a conversation that grew from a passphrase or a bare key: derived at first use, saved, and never
 * derived again. Others have a random one, which travels in the invite.
 *
 * @param key a Fernet key, base64url
 * @param place the channel's place
 * @throws RangeError for what is no Fernet key
 */
export async function conversationIdOf(key: string, place: string): Promise<Uint8Array> {
  return hkdf(keyBytes(key), `fernspeak/conversation/v1${place}`, DERIVED_BYTES);
}

/**
 * The write key (16 characters of A…Z2…7) that a conversation from a passphrase gives its channel, so that passphrase and
 * place are all that two people need.
 *
 * @param key a Fernet key, base64url
 * @throws RangeError for what is no Fernet key
 */
export async function writeKeyOf(key: string): Promise<string> {
  const bytes = await hkdf(keyBytes(key), 'fernspeak/write-key/v1', DERIVED_BYTES);
  return Array.from(bytes, (byte) => BASE32[byte % BASE32.length]).join('');
}

function keyBytes(key: string): Uint8Array {
  const bytes = isKey(key) ? fromBase64url(key.slice(0, -1)) : null;
  if (bytes === null) throw new RangeError('This is no Fernet key.');
  return bytes;
}
