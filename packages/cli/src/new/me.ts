import { displayName, knownConversations } from '@fernspeak/conversation';
import type { Profile } from '@fernspeak/conversation/profile';
import { usageError } from '../errors.ts';
import type { Prompter } from '../terminal/prompt.ts';

interface Asked {
  readonly prompter: Prompter | null;
  readonly profile: Profile;
  /** By the invite. */
  readonly offered?: string | undefined;
}

/** What this device calls itself: as the options say, or as somebody answers. Empty: nothing. */
export async function ownName(given: string | undefined, { prompter, profile, offered }: Asked): Promise<string> {
  if (given !== undefined) {
    const name = displayName(given);
    if (name === null) throw usageError('Nothing of the name after --me can be shown.', 'Give another one.');
    return name;
  }
  if (prompter === null) return '';
  const before = displayName(offered ?? '') ?? (await knownConversations(profile.store)).at(-1)?.about.me ?? '';
  const answer = await prompter.line(`Your name, as the others see it${before === '' ? '' : ` [${before}]`}: `);
  return displayName(answer) ?? before;
}
