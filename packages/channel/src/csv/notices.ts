import { readdir } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';

/**
 * Conflict copies as synchronisers name them: Dropbox and Nextcloud `notes (Ada's conflicted copy 2026-11-24).csv`,
 * Syncthing `notes.sync-conflict-20261124-060000-ABCDEFG.csv`, Seafile `notes (SFConflict ada@… ).csv`.
 */
const CONFLICT = /^(?: \(.*(?:conflicted copy|case conflict|SFConflict).*\)|\.sync-conflict-\d{8}-\d{6}.*)$/i;

/** One sentence for each conflict copy that lies beside the file. */
export async function conflictNotices(path: string): Promise<string[]> {
  const extension = extname(path);
  const stem = basename(path, extension);
  const names = await readdir(dirname(path)).catch(() => []);
  return names
    .filter((name) => name.startsWith(stem) && name.endsWith(extension))
    .filter((name) => CONFLICT.test(name.slice(stem.length, name.length - extension.length)))
    .map(
      (name) =>
        `${JSON.stringify(name)} lies beside ${basename(path)}: two computers wrote at once into a synchronised folder, ` +
        'and its entries are missing here. Such folders are no channel for two computers; a network drive with locks, or a relay, is.',
    );
}
