import type { KnownFile } from '@fernspeak/conversation';
// eslint-disable-next-line import/default -- Vite gives the address of the built worker
import workerUrl from '../../../workers/files.ts?worker&url';
import type { App } from '../app.ts';
import { scriptUrl } from '../page/script-url.ts';
import { Problem } from '../problem.ts';
import type { Talk } from '../talk/talk.ts';
import type { FileNews, FileWork } from './work.ts';

export interface TransferOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (bytes: number) => void;
}

/** Sends a file in a worker; the same file again goes on where one was broken off. @throws Problem */
export async function sendFile(app: App, talk: Talk, file: File, options: TransferOptions): Promise<void> {
  await work({ ...partsOf(app, talk), work: { send: file } }, options);
}

/** The bytes of a complete file, from the relay, checked. Of no type: nothing may run it. @throws Problem */
export async function fetchFile(app: App, talk: Talk, file: KnownFile, options: TransferOptions): Promise<Blob> {
  const news = await work({ ...partsOf(app, talk), work: { fetch: file } }, options);
  if ('fetched' in news) return news.fetched;
  throw new Problem('unexpected', 'The file did not come.');
}

function partsOf(app: App, { id, about }: Talk): Pick<FileWork, 'profile' | 'known'> {
  return { profile: app.profile.handOver(), known: { id, about } };
}

function work(asked: FileWork, { signal, onProgress }: TransferOptions): Promise<FileNews> {
  return new Promise<FileNews>((resolve, reject) => {
    const worker = new Worker(scriptUrl(workerUrl) as string, { type: 'module' });
    const end = (): void => {
      worker.terminate();
      signal.removeEventListener('abort', stop);
    };
    const stop = (): void => {
      end();
      reject(new Problem('stopped', 'It was stopped.'));
    };
    worker.onmessage = ({ data }: MessageEvent<FileNews>) => {
      if ('done' in data) return onProgress(data.done);
      end();
      if ('failed' in data) reject(new Problem(data.failed.code, data.failed.message, { hint: data.failed.hint }));
      else resolve(data);
    };
    worker.onerror = () => {
      end();
      reject(new Problem('unexpected', 'The browser could not start a worker.'));
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop);
    worker.postMessage(asked);
  });
}
