import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileChannel } from '@fernspeak/channel/file';
import { channelBehaviour } from './channel-behaviour.ts';

channelBehaviour('a CSV file', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fernspeak-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'notes.csv');
  const again = (): ReturnType<typeof openFileChannel> => openFileChannel(path);
  return { channel: again(), again, clear: async () => writeFileSync(path, '') };
});
