import { ChannelError } from '../errors.ts';

const SENTENCES: Readonly<Record<string, { code: ChannelError['code']; sentence: string; hint?: string }>> = {
  ENOENT: {
    code: 'not-found',
    sentence: 'There is no such file.',
    hint: 'Check the path; send makes the file, but not its folder.',
  },
  ENOTDIR: { code: 'not-found', sentence: 'There is no such folder.', hint: 'Check the path.' },
  ELOOP: { code: 'not-a-channel', sentence: 'The symbolic links of the path lead in a circle.' },
  EACCES: {
    code: 'unauthorized',
    sentence: 'This user is not allowed to use the file.',
    hint: 'Look at its permissions and at those of its folder.',
  },
  EPERM: {
    code: 'unauthorized',
    sentence: 'This user is not allowed to use the file.',
    hint: 'Look at its permissions and at those of its folder.',
  },
  EROFS: { code: 'unauthorized', sentence: 'The file lies on a disk that is read-only.', hint: 'Use another place.' },
  ENOSPC: { code: 'busy', sentence: 'The disk is full.', hint: 'Make room, then try again.' },
  EDQUOT: { code: 'busy', sentence: 'The disk quota is used up.', hint: 'Make room, then try again.' },
  EMFILE: { code: 'busy', sentence: 'Too many files are open.', hint: 'Try again later.' },
};

/** The typed error for what the file system said; anything that is none of it, unchanged. */
export function fileError(error: unknown, stored: 'no' | 'unknown' = 'no'): unknown {
  const { code } = error as { code?: unknown };
  if (!(error instanceof Error) || typeof code !== 'string' || error.name === 'AbortError') return error;
  if (error instanceof ChannelError || !/^E[A-Z0-9]+$/.test(code)) return error;
  const known = SENTENCES[code];
  if (known === undefined)
    return new ChannelError('unclear', `The file system failed (${code}).`, { stored, cause: error });
  return new ChannelError(known.code, known.sentence, { stored, hint: known.hint, cause: error });
}
