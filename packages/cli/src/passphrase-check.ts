import { assessPassphrase, suggestPassphrase, type Conversation } from '@fernspeak/conversation';
import { usageError } from './errors.ts';
import type { Secret } from './secret.ts';
import type { Prompter } from './terminal/prompt.ts';

/** How far back it is looked whether a passphrase is known here. */
const RECENT_MESSAGES = 20;
/** Longest wait for that look; without an answer the passphrase counts as new. */
const LOOK_MS = 5_000;

/** Whether one of the channel's recent messages opens: the passphrase is in use here, by whomever. */
export async function isKnownHere(conversation: Conversation): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(LOOK_MS);
    for await (const message of conversation.history({ last: RECENT_MESSAGES }, { signal })) {
      if (message.content !== null && !message.readable) return true;
    }
  } catch {
    // not reached, or not readable for us: sending says why if that matters
  }
  return false;
}

/**
 * Judges a passphrase that is new here. A weak one is asked about, and refused where nobody can be asked unless
 * `allowWeak`; one that was typed has to be typed twice. Resolves to false when another one shall be typed.
 */
export async function acceptNewPassphrase(
  secret: Secret,
  prompter: Prompter | null,
  allowWeak: boolean,
): Promise<boolean> {
  if (!allowWeak && (await assessPassphrase(secret.text)).weak && !(await insists(prompter))) return false;
  if (!secret.typed || prompter === null) return true;
  const again = (await prompter.hidden('The same again (it is new here): ')).trim();
  if (again === secret.text) return true;
  process.stderr.write('That was not the same.\n');
  return false;
}

async function insists(prompter: Prompter | null): Promise<boolean> {
  const verdict = 'Anyone who holds these messages guesses that passphrase at once.';
  if (prompter === null) {
    throw usageError(verdict, '`fernspeak passphrase` suggests six words; --allow-weak-passphrase uses this one all the same.');
  }
  process.stderr.write(`${verdict}\nSuggested: ${suggestPassphrase()}\n`);
  return prompter.confirm('Use yours anyway?');
}
