// The least work per token that node:crypto allows.
//
// To make a cipher or an HMAC object costs Node several times what AES and SHA-256 need for a short message. So:
//
// Encrypting. One CBC encryptor per key is kept open, without padding of its own (we pad). It turns each block into
//     C₁ = AES(P₁ ⊕ L), where L is its last output block, of the message before; a token needs C₁ = AES(P₁ ⊕ IV).
// Fed P₁ ⊕ IV ⊕ L it gives exactly that, because L ⊕ L = 0; the blocks after the first chain as they should.
//
// Decrypting. One CBC decryptor per key is kept open. It gives P₁ = AES⁻¹(C₁) ⊕ (the block it was fed before C₁). In a
// token the IV is the block before C₁: fed IV ‖ ciphertext, it gives one block to throw away, and the message. Nothing
// of an earlier call is left in what follows, and any piece can be decrypted with the block before it.
//
// HMAC(K, m) = H((K ⊕ opad) ‖ H((K ⊕ ipad) ‖ m)) (RFC 2104 §2) by two one-shot hashes. Both padded keys are made once; the
// inner one goes into the headroom right before the token, so that it needs no copy of the token.

import { createCipheriv, createDecipheriv, hash, type Cipheriv, type Decipheriv } from 'node:crypto';
import { BLOCK_BYTES, HMAC_BYTES } from './layout.ts';
import { paddingBytes } from './padding.ts';

/** SHA-256's block (RFC 6234): the length of HMAC's padded key. */
export const SHA256_BLOCK_BYTES = 64;

/**
 * How much is encrypted at once, bytes: small enough to stay in the processor's cache until it is put in its place, and
 * more than 64 KiB with their padding, which would cost a second call for one block.
 */
const ENCRYPT_PIECE_BYTES = 131_072;

/** How much is decrypted at once, bytes: up to here what OpenSSL wrote is handed out as it is, beyond it is put together. */
const DECRYPT_PIECE_BYTES = 2_097_152;

const AES = 'aes-128-cbc';

/**
 * Gives the memory of a cipher's output back at once: it may be plaintext, and waiting for the garbage collector makes the
 * next output cold memory, which for 1 KiB costs more than encrypting it. (Node 20 has no `transfer`; there it waits.)
 */
function free({ buffer, byteLength }: Uint8Array): void {
  if (buffer.byteLength === byteLength) (buffer as ArrayBuffer).transfer?.(0); // memory of its own, as it is up to Node 24
}

/** AES-128-CBC under one key. */
export class KeptOpenCbc {
  readonly #key: Uint8Array;
  #encryptor: Cipheriv | undefined;
  /** L: the encryptor's last output block; its IV at first. */
  readonly #last: Uint8Array = new Uint8Array(BLOCK_BYTES);
  #decryptor: Decipheriv | undefined;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** Encrypts the whole blocks `[start, end)` of `bytes` in place; the IV is the block before them. */
  encrypt(bytes: Uint8Array, start: number, end: number): void {
    const encryptor = this.#encryptor ?? this.#openEncryptor();
    // L is true only when all goes well: after an error the next call opens another one
    this.#encryptor = undefined;
    const last = this.#last;
    for (let i = 0; i < BLOCK_BYTES; i++) {
      bytes[start + i] = bytes[start + i]! ^ bytes[start - BLOCK_BYTES + i]! ^ last[i]!;
    }
    for (let at = start; at < end; at += ENCRYPT_PIECE_BYTES) {
      const output = encryptor.update(bytes.subarray(at, Math.min(at + ENCRYPT_PIECE_BYTES, end)));
      bytes.set(output, at);
      free(output);
    }
    last.set(bytes.subarray(end - BLOCK_BYTES, end));
    this.#encryptor = encryptor;
  }

  /** The message in the whole blocks `[start, end)`, the IV being the block before them; null when it is not padded. */
  decrypt(bytes: Uint8Array, start: number, end: number): Uint8Array | null {
    // the last piece first: its padding says how long the message is
    let at = start + Math.floor((end - start - 1) / DECRYPT_PIECE_BYTES) * DECRYPT_PIECE_BYTES;
    const tail = this.#decryptPiece(bytes, at, end);
    const padding = paddingBytes(tail);
    if (padding === 0) return null;
    if (at === start) return new Uint8Array(tail.buffer, tail.byteOffset + BLOCK_BYTES, end - start - padding);
    const message = new Uint8Array(end - start - padding);
    message.set(tail.subarray(BLOCK_BYTES, tail.length - padding), at - start);
    free(tail);
    while (at > start) {
      at -= DECRYPT_PIECE_BYTES;
      const piece = this.#decryptPiece(bytes, at, at + DECRYPT_PIECE_BYTES);
      message.set(piece.subarray(BLOCK_BYTES), at - start);
      free(piece);
    }
    return message;
  }

  /** One block of zeros, then blocks `[start, end)` decrypted. */
  #decryptPiece(bytes: Uint8Array, start: number, end: number): Uint8Array {
    this.#decryptor ??= createDecipheriv(AES, this.#key, new Uint8Array(BLOCK_BYTES)).setAutoPadding(false);
    const output = this.#decryptor.update(bytes.subarray(start - BLOCK_BYTES, end));
    return output.fill(0, 0, BLOCK_BYTES); // whoever gets the message may look at the memory around it
  }

  #openEncryptor(): Cipheriv {
    this.#last.fill(0);
    return createCipheriv(AES, this.#key, this.#last).setAutoPadding(false);
  }
}

/** HMAC-SHA-256 under one key of at most 64 bytes. */
export class PrecomputedHmac {
  readonly #inner: Buffer = Buffer.alloc(SHA256_BLOCK_BYTES, 0x36);
  /** K ⊕ opad, and behind it room for the inner hash. */
  readonly #outer: Buffer = Buffer.alloc(SHA256_BLOCK_BYTES + HMAC_BYTES, 0x5c);

  constructor(key: Uint8Array) {
    for (const [i, byte] of key.entries()) {
      this.#inner[i]! ^= byte;
      this.#outer[i]! ^= byte;
    }
  }

  /** Writes the HMAC of `bytes` from 64 to `end` into `target` at `at`; overwrites the 64 bytes before. */
  write(bytes: Uint8Array, end: number, target: Buffer, at: number): void {
    bytes.set(this.#inner);
    // 'binary', one character a byte: a Buffer as the result would cost more than the hash of a short message
    const inner = hash('sha256', bytes.subarray(0, end), 'binary');
    bytes.fill(0, 0, SHA256_BLOCK_BYTES); // the memory may outlive the key
    this.#outer.write(inner, SHA256_BLOCK_BYTES, 'binary');
    target.write(hash('sha256', this.#outer, 'binary'), at, 'binary');
  }
}
