// Where each field of a token lies: Version ‖ Timestamp ‖ IV ‖ Ciphertext ‖ HMAC (Fernet spec, "Token Format").

/** The only version that there is (Fernet spec, "Version"). */
export const VERSION = 0x80;

export const VERSION_BYTES = 1;
export const TIMESTAMP_BYTES = 8;
export const IV_BYTES = 16;
export const BLOCK_BYTES = 16;
export const HMAC_BYTES = 32;

/** Version, timestamp and IV: what stands before the ciphertext. */
export const HEADER_BYTES: number = VERSION_BYTES + TIMESTAMP_BYTES + IV_BYTES;

/** The shortest token: an empty message is one block of padding. */
const SHORTEST_TOKEN_BYTES: number = HEADER_BYTES + BLOCK_BYTES + HMAC_BYTES;

/**
 * The longest message, in bytes: its token has 2²⁹ − 24 characters or fewer, the longest string of V8 (Node, Chrome),
 * so what one side seals the other can hold.
 */
export const MAX_MESSAGE_BYTES = 402_653_103;

/** The length of the token (bytes, before base64url) for a message of `messageBytes`: padding is 1 to 16 bytes. */
export function tokenBytes(messageBytes: number): number {
  return HEADER_BYTES + messageBytes + BLOCK_BYTES - (messageBytes % BLOCK_BYTES) + HMAC_BYTES;
}

/** Whether a token can have `bytes` bytes: its ciphertext is one block or several, and nothing else. */
export function isTokenLength(bytes: number): boolean {
  return bytes >= SHORTEST_TOKEN_BYTES && (bytes - HEADER_BYTES - HMAC_BYTES) % BLOCK_BYTES === 0;
}

/** How many `=` stand at the end of padded base64 (RFC 4648 §4): 0, 1 or 2. */
export function fillOf(text: string): number {
  return text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
}

/** How many bytes padded base64 stands for, going by its length and its end alone; not whole if it has no whole groups. */
export function decodedLength(text: string): number {
  return (text.length / 4) * 3 - fillOf(text);
}

/** How many characters so many bytes have in padded base64. */
export function encodedLength(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}
