// Seals and opens files beside the page: hundreds of chunks would hold it up. One worker for each file.
import { openHttpChannel } from '@fernspeak/channel';
import { FramedConversation, type FileSource, type KnownFile } from '@fernspeak/conversation';
import { openHandedProfile } from '@fernspeak/conversation/browser-profile';
import type { FileNews, FileWork } from '../src/engine/files/work.ts';

declare const self: DedicatedWorkerGlobalScope;

/** Tries do not end while the app is open. */
const FOR_EVER_MS = 0x7fff_ffff;

const tell = (news: FileNews): void => self.postMessage(news);

self.onmessage = ({ data }: MessageEvent<FileWork>): void => {
  perform(data).then(tell, (error: unknown) => tell({ failed: told(error) }));
};

async function perform({ profile: handed, known, work }: FileWork): Promise<FileNews> {
  const profile = await openHandedProfile(handed);
  const { address, writeKey, readKey } = known.about;
  const channel = openHttpChannel({ address, writeKey: writeKey ?? undefined, readKey: readKey ?? undefined });
  try {
    const { store, device } = profile;
    const conversation = new FramedConversation({ ...known, channel, store, device });
    if ('fetch' in work) return { fetched: await fetched(conversation, work.fetch) };
    await conversation.sendFile(sourceOf(work.send), { timeoutMs: FOR_EVER_MS, onSent: (done) => tell({ done }) });
    return { sent: true };
  } finally {
    await channel.close();
    profile.close();
  }
}

function sourceOf(file: File): FileSource {
  const read = async (from: number, length: number): Promise<Uint8Array> =>
    new Uint8Array(await file.slice(from, from + length).arrayBuffer());
  return { name: file.name, type: file.type, size: file.size, read };
}

/** In pieces that the browser may put on its disk. */
async function fetched(conversation: FramedConversation, file: KnownFile): Promise<Blob> {
  const pieces: Blob[] = [];
  let done = 0;
  for await (const { bytes } of conversation.readFile(file)) {
    pieces.push(new Blob([new Uint8Array(bytes)]));
    done += bytes.length;
    tell({ done });
  }
  return new Blob(pieces);
}

function told(error: unknown): { code: string; message: string; hint: string | null } {
  const known = error instanceof Error ? error : new Error(String(error));
  const { code, hint } = known as { code?: unknown; hint?: unknown };
  return {
    code: typeof code === 'string' ? code : 'unexpected',
    message: known.message,
    hint: typeof hint === 'string' && !hint.includes('--') ? hint : null,
  };
}
