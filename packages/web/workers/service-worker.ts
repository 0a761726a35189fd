// Keeps the app's own files so that it opens offline. Every file is compared with the hash that stood in this worker when it
// was built; another one is refused. It answers for the app's files only: what the relay stores is never kept here.
declare const self: ServiceWorkerGlobalScope;
/** Path → SHA-256, base64; put in by the build. */
declare const __FERNSPEAK_FILES__: Readonly<Record<string, string>>;

const FILES = __FERNSPEAK_FILES__;
const PREFIX = 'fernspeak-app-';

self.addEventListener('install', (event) => event.waitUntil(keepAll()));
self.addEventListener('activate', (event) => event.waitUntil(dropOthers()));
self.addEventListener('message', (event) => {
  if (event.data === 'use-now') void self.skipWaiting();
});
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(lead(event.notification.tag));
});
self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  const path = url.pathname === '/' ? '/index.html' : url.pathname;
  // the API's answers and everything unknown go their usual way
  if (!Object.hasOwn(FILES, path) || (url.pathname === '/' && event.request.mode !== 'navigate')) return;
  event.respondWith(kept(path));
});

/** Brings the app to the front, at a conversation (its id); opens it where it was closed. */
async function lead(conversation: string): Promise<void> {
  const [page] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (!page) return void (await self.clients.openWindow('/'));
  page.postMessage({ show: conversation });
  await page.focus();
}

/** One cache for each build: files of two builds never meet. */
async function cacheName(): Promise<string> {
  const all = new TextEncoder().encode(JSON.stringify(FILES));
  return PREFIX + base64(await crypto.subtle.digest('SHA-256', all));
}

async function keepAll(): Promise<void> {
  const cache = await caches.open(await cacheName());
  const files = await Promise.all(Object.keys(FILES).map(async (path) => [path, await checked(path)] as const));
  const wrong = files.find(([, { ok }]) => !ok);
  // the worker of before goes on, with its own files
  if (wrong) throw new Error(`${wrong[0]} is not the file of this build.`);
  await Promise.all(files.map(([path, response]) => cache.put(path, response)));
}

async function dropOthers(): Promise<void> {
  const mine = await cacheName();
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== mine);
  await Promise.all(names.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function kept(path: string): Promise<Response> {
  const cache = await caches.open(await cacheName());
  return (await cache.match(path)) ?? checked(path);
}

/** A file as the relay gives it now, if it is the one of this build. */
async function checked(path: string): Promise<Response> {
  const response = await fetch(path === '/index.html' ? '/' : path, {
    cache: 'no-cache',
    headers: { Accept: 'text/html, */*' },
  });
  const bytes = await response.arrayBuffer();
  if (!response.ok || base64(await crypto.subtle.digest('SHA-256', bytes)) !== FILES[path]) {
    return new Response(`${path} is not the file of this build.`, { status: 502 });
  }
  return new Response(bytes, { headers: response.headers });
}

function base64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}
