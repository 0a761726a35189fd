/** WebCrypto's CryptoKey, by a name that Node's types and the browser's share. */
export type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;
