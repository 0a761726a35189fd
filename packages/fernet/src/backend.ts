// What a platform brings: see backend.node.ts and backend.browser.ts, chosen by `imports` in package.json.
//
// A *frame* is the bytes of one token behind `HEADROOM` free bytes that are the backend's. It may be longer than its
// token, and it is good until the next call of `frameFor` only: a backend may give the same memory again.

/** One key, ready for work: the signing half and the encryption half (Fernet spec, "Key Format"). */
export interface TokenKey {
  /** Writes the HMAC of the frame's token up to `end` at `end`. */
  sign(frame: Uint8Array, end: number): void;
  /** Whether the HMAC at `end` is that of the frame's token up to `end`; takes the same time wherever they differ. */
  verifies(frame: Uint8Array, end: number): boolean;
  /** Encrypts whole blocks `[start, end)` of a frame in place; the IV is the block before them. */
  encrypt(frame: Uint8Array, start: number, end: number): void;
  /** The message in blocks `[start, end)` of a frame, without its padding; null when it is not padded. The IV is the block before them. */
  decrypt(frame: Uint8Array, start: number, end: number): Uint8Array | null;
}
