import type { ChannelKeys } from '@fernspeak/conversation/profile';
import { usageError } from './errors.ts';
import type { Target } from './session.ts';
import type { Prompter } from './terminal/prompt.ts';

/** Where nobody can be asked for it, the option is named that gives it (exit 2). */
export function refuseWithoutWriteKey(target: Target, keys: ChannelKeys): void {
  if (target.kind === 'file' || keys.write !== undefined) return;
  throw usageError(
    `The write key of ${target.named} is not known here.`,
    "Give it once, it is remembered: --write-key-file FILE with the channel's write API key in it.",
  );
}

/** The write key of a channel that needs one and has none here, from whoever can be asked. */
export async function askForWriteKey(
  target: Target,
  keys: ChannelKeys,
  prompter: Prompter | null,
): Promise<ChannelKeys> {
  if (target.kind === 'file' || keys.write !== undefined || prompter === null) return {};
  const write = (await prompter.hidden('Write API key of the channel (remembered): ')).trim();
  if (write === '') refuseWithoutWriteKey(target, keys);
  return { write };
}
