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
