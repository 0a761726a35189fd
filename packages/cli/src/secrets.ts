import { usageError } from './errors.ts';

/**
 * Keys never stand on the command line: every user of the machine can read it there, and the shell's history keeps it.
 */

/** A Fernet key: 32 bytes in base64url, or in base64; without its padding only what looks random. */
const FERNET_KEY = /^(?:[A-Za-z0-9_-]{43}=|[A-Za-z0-9+/]{43}=|(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9_-]{43})$/;
/** ThingSpeak's and the relay's API keys. */
const API_KEY = /^(?=.*[A-Z])[A-Z0-9]{16}$/;
/** An address with a key or a password in it. */
const ADDRESS_WITH_KEY = /^https?:\/\/(?:[^/?#]*@|.*[?&#](?:api_?key|key|write_api_key|talkback_key)=)/i;
/** What people try first. */
const NO_SUCH_OPTION = /^(--?(?:key|pass(?:word|phrase|wd)?|secret|api[-_]?key|write-?key|read-?key))(?:=|$)/;

const HINT_KEY =
  'Write it to a file that only you can read and name that (--key-file FILE), or let the command ask for it.';
const HINT_API_KEY = 'Write it to a file that only you can read: --write-key-file FILE or --read-key-file FILE.';
const HINT_TEXT = 'If it is the message itself: send it on stdin.';

/** Throws a usage error, which does not repeat it, for an argument that is or holds a key. `switches` hold none. */
export function refuseSecrets(args: readonly string[], switches: readonly string[] = []): void {
  const operandsFrom = args.indexOf('--');
  for (const [at, argument] of args.entries()) {
    const value = argument.startsWith('--') ? argument.slice(argument.indexOf('=') + 1) : argument;
    if (FERNET_KEY.test(value)) throw onTheCommandLine('An argument looks like a key', `${HINT_KEY} ${HINT_TEXT}`);
    if (API_KEY.test(value))
      throw onTheCommandLine('An argument looks like an API key', `${HINT_API_KEY} ${HINT_TEXT}`);
    if (ADDRESS_WITH_KEY.test(value)) throw onTheCommandLine('An address holds a key', `${HINT_API_KEY} ${HINT_TEXT}`);
    const option = NO_SUCH_OPTION.exec(argument)?.[1];
    if (option !== undefined && !switches.includes(argument) && (operandsFrom < 0 || at < operandsFrom)) {
      throw onTheCommandLine(`There is no option ${option}`, HINT_KEY);
    }
  }
}

function onTheCommandLine(what: string, hint: string): Error {
  return usageError(`${what}: keys do not belong on the command line, where others can read them.`, hint);
}
