/** Why a relay does not start, or what its owner asked for in vain. */
export type RelayErrorCode =
  | 'bad-option'
  | 'data-in-use'
  | 'data-unusable'
  | 'data-newer'
  | 'address-in-use'
  | 'address-unusable'
  | 'store-failed'
  | 'web-unusable';

/** The relay's one error towards its owner: a stable code, a sentence that says what happened, a hint what to do. */
export class RelayError extends Error {
  override readonly name = 'RelayError';
  readonly code: RelayErrorCode;
  readonly hint: string;

  constructor(code: RelayErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}

/** True for a {@link RelayError}, of this code if one is given. */
export function isRelayError(error: unknown, code?: RelayErrorCode): error is RelayError {
  return error instanceof RelayError && (code === undefined || error.code === code);
}
