const OWNER = 'owner.';

/** What the page was opened with; all of it is a secret. */
export interface Opened {
  /** The link of an invite; null: none. */
  readonly invite: string | null;
  /** The user key of an owner's link. */
  readonly userKey: string | null;
}

/** Reads the fragment and takes it out of the address bar and the history, before anything else is done. */
export function takeFragment(): Opened {
  const { hash, href, pathname } = location;
  if (hash.length < 2) return { invite: null, userKey: null };
  history.replaceState(null, '', pathname);
  const text = hash.slice(1);
  if (text.startsWith(OWNER)) return { invite: null, userKey: text.slice(OWNER.length) };
  return { invite: href, userKey: null };
}
