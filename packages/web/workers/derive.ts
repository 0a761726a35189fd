import { deriveKey, type DeriveOptions } from '@fernspeak/conversation';

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = ({ data }: MessageEvent<DeriveOptions>): void => {
  deriveKey(data).then(
    (key) => self.postMessage({ key }),
    (error: unknown) => self.postMessage({ message: error instanceof Error ? error.message : 'It failed.' }),
  );
};
