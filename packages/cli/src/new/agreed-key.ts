import { Conversation, deriveKey, plainSeal } from '@fernspeak/conversation';
import type { Channel } from '@fernspeak/channel';
import type { Profile } from '@fernspeak/conversation/profile';
import { isKnownHere, otherPassphrase } from '../passphrase-check.ts';
import { isKey, type Secret } from '../secret.ts';
import type { Target } from '../session.ts';
import type { Prompter } from '../terminal/prompt.ts';

interface Agreeing {
  readonly place: string;
  readonly channel: Channel;
  readonly target: Target;
  readonly profile: Profile;
  readonly prompter: Prompter | null;
  readonly allowWeak: boolean;
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
