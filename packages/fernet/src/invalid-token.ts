/**
 * The single error for everything that whoever made or altered a token can cause: it is not a token, was altered, was
 * made with another key, is too old, comes from the future, or holds no padded message. Which of these it was is not
 * told, on purpose: the difference would help an attacker.
 */
export class InvalidToken extends Error {
  static {
    this.prototype.name = 'InvalidToken';
  }

  /** Stable, for programs. */
  readonly code = 'invalid-token' as const;

  /** What to do next, for people. */
  readonly hint = 'Check that it is the right key and the whole token, and, where an age limit was set, both clocks.';

  constructor() {
    super('This does not open: it was altered, was made with another key, or is older than allowed.');
  }
}
