import { argon2 } from 'node:crypto';
import { promisify } from 'node:util';
import type { Argon2idOptions } from './key.ts';

const derive = promisify(argon2);

/** Argon2id, version 1.3 (RFC 9106), by OpenSSL in libuv's threads. */
export function argon2id({ password, salt, memoryKiB, passes, lanes, bytes }: Argon2idOptions): Promise<Uint8Array> {
  const parameters = {
    message: password,
    nonce: salt,
    memory: memoryKiB,
    passes,
    parallelism: lanes,
    tagLength: bytes,
  };
  return derive('argon2id', parameters);
}
