import { Conversation, deriveKey, plainSeal } from '@fernspeak/conversation';
import type { Channel } from '@fernspeak/channel';
import type { Profile } from '@fernspeak/conversation/profile';
import { isKnownHere, otherPassphrase, type NewPassphrase } from '../passphrase-check.ts';
import { isKey, type Secret } from '../secret.ts';

interface Agreeing extends NewPassphrase {
  readonly place: string;
  readonly channel: Channel;
  readonly profile: Profile;
}

/** The key of a secret at a place; a passphrase that is new on this channel is judged, as `send` does. */
export async function agreedKey(first: Secret, agreeing: Agreeing): Promise<string> {
  const { place, channel, profile } = agreeing;
  for (let secret = first; ;) {
    const key = await deriveKey({ secret: secret.text, place });
    if (isKey(secret)) return key;
    if (await isKnownHere(new Conversation({ channel, seal: plainSeal(key), store: profile.store }))) return key;
    const other = await otherPassphrase(secret, agreeing);
    if (other === null) return key;
    secret = other;
  }
}
