/** Trusted Types, as far as they are used here. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): unknown };
}

/** What a worker may be started from: this build's own files. */
function allowed(url: string): string {
  const { origin, pathname } = new URL(url, location.href);
  if (origin === location.origin && (pathname === '/service-worker.js' || pathname.startsWith('/assets/'))) return url;
  throw new TypeError('This is no script of the app.');
}

const trusted = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
const policy = trusted?.createPolicy('app-script-url', { createScriptURL: allowed });

/** The address of one of the app's scripts, as the page's policy wants it (a TrustedScriptURL where there are any). */
export function scriptUrl(url: string): unknown {
  return policy ? policy.createScriptURL(url) : allowed(url);
}
