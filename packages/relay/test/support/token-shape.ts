/** Something of the shape of a Fernet token, all zeros but its version; nobody has its key. */
export function tokenShape(ciphertextBytes = 16): string {
  const bytes = Buffer.alloc(57 + ciphertextBytes);
  bytes[0] = 0x80;
  // Buffer leaves out the padding
  return bytes.toString('base64url').padEnd(Math.ceil(bytes.length / 3) * 4, '=');
}
