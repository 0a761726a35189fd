/**
 * What a conversation can fail with. `refused` and `unauthorized`: the channel does not take it, see `cause`
 * (a ChannelError). The `profile-…` codes come from `@fernspeak/conversation/profile`.
 */
export type ConversationErrorCode =
  | 'empty-passphrase'
  | 'bad-name'
  | 'not-an-invite'
  | 'broken-invite'
  | 'newer-invite'
  | 'not-a-recovery-file'
  | 'broken-recovery-file'
  | 'newer-recovery-file'
  | 'refused'
  | 'file-changed'
  | 'file-incomplete'
  | 'file-gone'
  | 'file-altered'
  | 'forgotten'
  | 'cloned'
  | 'profile-exposed'
  | 'profile-newer'
  | 'profile-damaged'
  | 'profile-unusable'
  | 'profile-busy'
  | 'profile-locked'
  | 'wrong-passphrase';

/** The one error class of this package: a stable code, a sentence that says what happened, a hint what to do next. */
export class ConversationError extends Error {
  override readonly name = 'ConversationError';
  readonly code: ConversationErrorCode;
  readonly hint: string | undefined;

  constructor(code: ConversationErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.hint = options.hint;
  }
}

/** Tells a {@link ConversationError}, one with `code` if given, from everything else that can be thrown. */
export function isConversationError(error: unknown, code?: ConversationErrorCode): error is ConversationError {
  return error instanceof ConversationError && (code === undefined || error.code === code);
}
