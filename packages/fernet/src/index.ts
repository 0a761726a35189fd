export { Fernet, MultiFernet, timestampOf } from './fernet.ts';
export { InvalidToken } from './invalid-token.ts';
export { isKey } from './key.ts';
export { Keyring, type TokenParts } from './keyring.ts';
export { MAX_MESSAGE_BYTES } from './layout.ts';
export type { AgeOptions } from './time.ts';
