/** The exit codes of the command: scripts rely on them. `help exit-codes` prints this table. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  network: 3,
  identity: 4,
  rateLimited: 5,
  locked: 6,
  nothing: 7,
  unopened: 8,
  kept: 9,
  interrupted: 130,
  terminated: 143,
} as const;

/** What each of them means, in the words of `help exit-codes`. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'done',
  failed: 'failed',
  usage: 'the command line asks for something that cannot be',
  network: 'the channel: not reached, not found, key refused, or no channel there',
  identity: 'two devices write with one key: somebody may not be who they were',
  rateLimited: 'the channel asks for more time between two messages',
  locked: 'the profile is in use or locked',
  nothing: 'nothing to receive (only with receive --require)',
  unopened: 'nothing there opens with this key',
  kept: 'not stored yet: kept, goes out with the next command for that channel',
  interrupted: 'ended by Ctrl-C',
  terminated: 'ended by SIGTERM or SIGHUP',
};

/** Exit codes of `ChannelError` (@fernspeak/channel), by its code; anything else is 1. */
const CHANNEL_EXITS: Readonly<Record<string, number>> = {
  unauthorized: EXIT.network,
  'not-found': EXIT.network,
  unreachable: EXIT.network,
  unclear: EXIT.network,
  'not-a-channel': EXIT.network,
  'rate-limited': EXIT.rateLimited,
};

/** Exit codes of `ConversationError` (@fernspeak/conversation), by its code; anything else is 1. */
const CONVERSATION_EXITS: Readonly<Record<string, number>> = {
  'empty-passphrase': EXIT.usage,
  'bad-name': EXIT.usage,
  'not-an-invite': EXIT.usage,
  'broken-invite': EXIT.usage,
  'newer-invite': EXIT.usage,
  'not-a-recovery-file': EXIT.usage,
  'broken-recovery-file': EXIT.usage,
  'newer-recovery-file': EXIT.usage,
  cloned: EXIT.identity,
  'profile-busy': EXIT.locked,
  'profile-locked': EXIT.locked,
  'wrong-passphrase': EXIT.locked,
};

/** The exit code for whatever a command threw. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof Error)) return EXIT.failed;
  if ('exit' in error && typeof error.exit === 'number') return error.exit;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (error.name === 'ChannelError') return CHANNEL_EXITS[code] ?? EXIT.failed;
  if (error.name === 'RelayError') return code === 'bad-option' ? EXIT.usage : EXIT.failed;
  if (error.name !== 'ConversationError') return EXIT.failed;
  // `refused` has the channel's own error as its cause
  return CONVERSATION_EXITS[code] ?? (error.cause === undefined ? EXIT.failed : exitCodeOf(error.cause));
}
