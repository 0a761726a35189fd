import { deriveKey, type DeriveOptions } from '@fernspeak/conversation';
// eslint-disable-next-line import/default -- Vite gives the address of the built worker
import workerUrl from '../../workers/derive.ts?worker&url';
import { scriptUrl } from './page/script-url.ts';

/** `deriveKey` in a worker: it takes a second of a processor, and the page goes on meanwhile. */
export async function deriveInWorker(options: DeriveOptions): Promise<string> {
  const worker = new Worker(scriptUrl(workerUrl) as string, { type: 'module' });
  try {
    return await new Promise<string>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<{ key: string } | { message: string }>) =>
        'key' in data ? resolve(data.key) : reject(new Error(data.message));
      worker.onerror = () => reject(new Error('The browser could not start a worker.'));
      worker.postMessage(options);
    });
  } catch (cause) {
    // an empty passphrase says so by its own error
    if (options.secret.trim() === '') return deriveKey(options);
    throw cause;
  } finally {
    worker.terminate();
  }
}
