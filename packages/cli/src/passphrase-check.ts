import { assessPassphrase, suggestPassphrase, type Conversation } from '@fernspeak/conversation';
import { usageError } from './errors.ts';
import { askForSecret, isKey, type Secret } from './secret.ts';
import type { Target } from './session.ts';
import type { Prompter } from './terminal/prompt.ts';

/** How far back it is looked whether a passphrase is known here. */
const RECENT_MESSAGES = 20;
/** Longest wait for that look; without an answer the passphrase counts as new. */
const LOOK_MS = 5_000;

/** What a key does to the channel's recent messages. */
export interface Look {
  /** One of them opens: the passphrase is in use here, by whomever. */
  readonly isKnown: boolean;
  /** How many sealed ones there are, as far as it was looked. */
  readonly sealed: number;
}

export async function lookHere(conversation: Conversation): Promise<Look> {
  let sealed = 0;
  try {
    const signal = AbortSignal.timeout(LOOK_MS);
    for await (const { content, readable } of conversation.history({ last: RECENT_MESSAGES }, { signal })) {
      if (readable) continue;
      sealed++;
      if (content !== null) return { isKnown: true, sealed };
    }
  } catch {
    // not reached, or not readable for us: sending says why if that matters
  }
  return { isKnown: false, sealed };
}

/** What decides whether a passphrase that is new here is used. */
export interface NewPassphrase {
  readonly prompter: Prompter | null;
  /** What it is to protect: a file, or what goes over a channel. */
  readonly kind: Target['kind'];
  /** Somebody insisted on the command line: a weak one is used without a question. */
  readonly allowWeak: boolean;
}

/**
 * Judges a passphrase that is new here: null when it is used, else the one that was typed instead of it. A weak one is
 * asked about, and refused where nobody can be asked; one that was typed has to be typed twice.
 */
export async function otherPassphrase(
  secret: Secret,
  { prompter, kind, allowWeak }: NewPassphrase,
): Promise<Secret | null> {
  const weak = !allowWeak && (await assessPassphrase(secret.text)).weak;
  const holder = kind === 'file' ? 'holds this file' : 'gets hold of these messages';
  const verdict = `Anyone who ${holder} guesses that passphrase at once.`;
  if (prompter === null) {
    if (!weak) return null;
    const hint = '`fernspeak passphrase` suggests six words; --allow-weak-passphrase uses this one all the same.';
    throw usageError(verdict, hint);
  }
  if (weak) process.stderr.write(`${verdict}\nSuggested: ${suggestPassphrase()}\n`);
  if (weak && !(await prompter.confirm('Use yours anyway?'))) return askForSecret(prompter);
  if (!secret.typed) return null;
  const again = (await prompter.hidden('The same again (it is new here): ')).trim();
  if (again === secret.text) return null;
  process.stderr.write('That was not the same.\n');
  return askForSecret(prompter);
}

/** The secret that is used where nothing was sealed before; a key needs no judging. */
export async function settledSecret(first: Secret, judging: NewPassphrase): Promise<Secret> {
  for (let secret = first; ;) {
    const other = isKey(secret) ? null : await otherPassphrase(secret, judging);
    if (other === null) return secret;
    secret = other;
  }
}
