import { isInviteLink } from '@fernspeak/conversation';
import { usageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { readSecret } from '../key.ts';
import type { Prompter } from '../terminal/prompt.ts';

/** The link of an invite: from stdin (`-`), from whoever can be asked, or, with a warning, from the command line. */
export async function askForLink(
  given: string | undefined,
  { io, prompter }: { readonly io: Io; readonly prompter: Prompter | null },
): Promise<string> {
  if (given === '-') return readSecret({ option: 'stdin', file: '-' }) ?? '';
  if (given === undefined) {
    if (prompter !== null) return prompter.hidden('Link of the invite: ');
    throw usageError('There is no link.', 'fernspeak join - reads it from stdin.');
  }
  if (!isInviteLink(given)) {
    throw usageError(
      'This is not the link of an invite.',
      'It begins with fernspeak: or with https:// and has a # in it. By a passphrase one joins with fernspeak new NAME CHANNEL --passphrase.',
    );
  }
  io.warn(
    'link-on-command-line',
    'The link is a secret, and others can read it on the command line and in the history of the shell.',
    'fernspeak join without it asks for it; fernspeak join - reads it from stdin.',
  );
  return given;
}
