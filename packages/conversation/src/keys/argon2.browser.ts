import type { Argon2idOptions } from './key.ts';

/** Argon2id, version 1.3 (RFC 9106), in WebAssembly; blocks its thread for about half a second: call it in a worker. */
export async function argon2id({
  password,
  salt,
  memoryKiB,
  passes,
  lanes,
  bytes,
}: Argon2idOptions): Promise<Uint8Array> {
  const { argon2id: derive } = await import('hash-wasm');
  return derive({
    password,
    salt,
    memorySize: memoryKiB,
    iterations: passes,
    parallelism: lanes,
    hashLength: bytes,
    outputType: 'binary',
  });
}
