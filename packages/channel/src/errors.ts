/**
 * What can go wrong with a channel. `unauthorized`, `not-found`, `refused`, `not-a-channel`, `damaged` and
 * `unsupported` are for good; `rate-limited`, `unreachable`, `unclear` and `busy` can pass.
 */
export type ChannelErrorCode =
  | 'unauthorized'
  | 'not-found'
  | 'rate-limited'
  | 'refused'
  | 'unreachable'
  | 'unclear'
  | 'not-a-channel'
  | 'busy'
  | 'damaged'
  | 'unsupported';

export interface ChannelErrorOptions {
  /** Default: `unknown` for `unclear`, else `no`. */
  readonly stored?: 'no' | 'unknown' | undefined;
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** What to do next, one sentence. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** The one error of this package. Its message says what happened; it never holds keys or payloads. */
export class ChannelError extends Error {
  readonly code: ChannelErrorCode;
  /** Whether what was to be appended may have been stored all the same. */
  readonly stored: 'no' | 'unknown';
  readonly retryAfterMs?: number;
  readonly hint?: string;

  constructor(code: ChannelErrorCode, message: string, options: ChannelErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ChannelError';
    this.code = code;
    this.stored = options.stored ?? (code === 'unclear' ? 'unknown' : 'no');
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
    if (options.hint !== undefined) this.hint = options.hint;
  }
}

/** True for a ChannelError, of that code when one is given. */
export function isChannelError(error: unknown, code?: ChannelErrorCode): error is ChannelError {
  return error instanceof ChannelError && (code === undefined || error.code === code);
}

const PASSING: ReadonlySet<ChannelErrorCode> = new Set(['unclear', 'rate-limited', 'busy', 'unreachable']);

/** True for what can pass by itself, so that a later try may help. */
export function isPassing(error: unknown): error is ChannelError {
  return isChannelError(error) && PASSING.has(error.code);
}
