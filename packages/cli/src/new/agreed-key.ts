import { Conversation, deriveKey, noneOpens, plainSeal } from '@fernspeak/conversation';
import type { Channel } from '@fernspeak/channel';
import type { Profile } from '@fernspeak/conversation/profile';
import type { Io } from '../io.ts';
import { lookHere, otherPassphrase, type NewPassphrase } from '../passphrase-check.ts';
import { askForSecret, isKey, type Secret } from '../secret.ts';

interface Agreeing extends NewPassphrase {
  readonly place: string;
  readonly channel: Channel;
  readonly profile: Profile;
  readonly io: Io;
}

/**
 * The key of a secret at a place; a passphrase that is new on this channel is judged, as `send` does. Where others write
 * already and nothing of theirs opens, it is mistyped, or another conversation: asked, or said where nobody can be asked.
 */
export async function agreedKey(first: Secret, agreeing: Agreeing): Promise<string> {
  const { place, channel, profile, prompter, io } = agreeing;
  for (let secret = first; ;) {
    const key = await deriveKey({ secret: secret.text, place });
    if (isKey(secret)) return key;
    const { isKnown, sealed } = await lookHere(
      new Conversation({ channel, seal: plainSeal(key), store: profile.store }),
    );
    if (isKnown) return key;
    if (sealed > 0) {
      const { message, hint } = noneOpens({ count: sealed, place });
      io.warn('wrong-key', message, hint);
      if (prompter !== null && !(await prompter.confirm('Begin another conversation beside theirs?'))) {
        secret = await askForSecret(prompter);
        continue;
      }
    }
    const other = await otherPassphrase(secret, agreeing);
    if (other === null) return key;
    secret = other;
  }
}
