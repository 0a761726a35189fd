/**
 * What to say when nothing opens. `place` only for a passphrase: a Fernet key does not depend on it.
 * "None of the 3 messages here opens with this key: it is another key, another place, or they were altered."
 */
export declare function noneOpens(options: { count: number; place?: string }): { message: string; hint?: string };
