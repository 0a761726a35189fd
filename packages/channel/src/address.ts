/** A channel's address as somebody wrote it, understood. */
export interface Address {
  readonly kind: 'http' | 'file';
  readonly address: string;
  readonly place: string;
}
export function parseAddress(text: string): Address { throw new Error(text); }
export function placeOf(text: string): string { return parseAddress(text).place; }
