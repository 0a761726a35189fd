import { isChannelError } from '@fernspeak/channel';
import { isConversationError } from '@fernspeak/conversation';

/** What went wrong, in words for a person; `code` is stable. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: string;
  /** What to do next. */
  readonly hint: string | null;

  constructor(code: string, message: string, { hint = null, cause }: { hint?: string | null; cause?: unknown } = {}) {
    super(message, { cause });
    this.code = code;
    this.hint = hint;
  }
}

/** In an app there are no flags: what the library says about the command's stays out. */
function hintFor(hint: string | undefined): string | null {
  return hint === undefined || hint.includes('--') ? null : hint;
}

/** Any error as a person is told of it. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isChannelError(error) || isConversationError(error)) {
    return new Problem(error.code, error.message, { hint: hintFor(error.hint), cause: error });
  }
  if (error instanceof DOMException && error.name === 'QuotaExceededError') {
    return new Problem('no-space', 'The browser has no more room for this.', { cause: error });
  }
  return new Problem('unexpected', error instanceof Error ? error.message : String(error), { cause: error });
}

/** What this work gives, or its error as a `Problem`. */
export async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw problemOf(error);
  }
}
