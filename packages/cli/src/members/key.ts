/** As many characters of a public key (base64url) as people compare by eye; `shownName` shows as many. */
const SHORT = 8;

export function shortKey(key: string): string {
  return key.slice(0, SHORT);
}
