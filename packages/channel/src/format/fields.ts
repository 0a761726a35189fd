/** The values of an entry: field1 is index 0, null = absent, at most eight. */
export type Fields = readonly (string | null)[];

/** A channel has field1 … field8 (ThingSpeak). */
export const MAX_FIELDS = 8;
