import { ChannelError } from './errors.ts';

/** What a follower throws when the channel has gone back behind it: whoever follows has to begin anew. */
export function cleared(lastEntryId: number, position: number): ChannelError {
  return new ChannelError(
    'damaged',
    `The newest entry of the channel is ${lastEntryId}, but entry ${position} was already there: it was cleared, or lost its data.`,
    { hint: 'Read it again from your saved place; it tells what happened.' },
  );
}
