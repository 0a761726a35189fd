import { signal, type Signal } from '@preact/signals';
import { scriptUrl } from './engine/page/script-url.ts';

/** A newer build is here; it is used from the next start on. */
export const updateIsHere: Signal<boolean> = signal(false);

/** Keeps the app's files for when there is no network. Where the browser does not allow it, the app works online. */
export function keepOffline(): void {
  if (!('serviceWorker' in navigator)) return;
  const worker = navigator.serviceWorker;
  const hadOne = worker.controller !== null;
  worker
    .register(scriptUrl('/service-worker.js') as string, { type: 'module', updateViaCache: 'none' })
    .then((registration) => {
      registration.addEventListener('updatefound', () => {
        const { installing } = registration;
        installing?.addEventListener('statechange', () => {
          if (installing.state === 'installed' && hadOne) updateIsHere.value = true;
        });
      });
    })
    .catch(() => {});
}
