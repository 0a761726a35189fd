import { parseAddress } from '@fernspeak/channel';
import {
  gatherRecovery,
  openRecovery,
  sealRecovery,
  takeUp,
  type About,
  type Recovery,
  type SavedConversation,
} from '@fernspeak/conversation';
import type { App } from '../app.ts';
import { deriveInWorker } from '../derive.ts';
import { ECHO_TALK } from '../echo/echo.ts';
import { Problem, told } from '../problem.ts';
import { noteSaved } from './reminder.ts';
import { givenSettings, settingsIn } from './settings.ts';

/** Far more than anybody's conversations take. */
const MOST_BYTES = 32 * 1024 * 1024;

/** A recovery file that was opened; nothing of it is taken yet. */
export interface Opened {
  readonly recovery: Recovery;
  /** What it can bring here. */
  readonly reachable: readonly SavedConversation[];
  /** Where the others lie, which this page may not reach: `https://relay.example`. */
  readonly elsewhere: readonly string[];
}

/** The text of a recovery file with all conversations but the talk with oneself. @throws Problem */
export async function saveRecovery(app: App, passphrase: string): Promise<string> {
  const { store, device } = app.profile;
  const settings = givenSettings(app.settings.value);
  const recovery = await gatherRecovery({ store, device, settings, which: isKept });
  const text = await told(sealRecovery(recovery, { passphrase, derive: deriveInWorker }));
  await noteSaved(app, recovery);
  return text;
}

/** Conversations that a recovery file would hold. */
export function isKept({ name, address }: About): boolean {
  return name !== ECHO_TALK && !address.startsWith('memory:');
}

/** Opens a file, and takes nothing. @throws Problem */
export async function lookInto(app: App, file: Blob, passphrase: string): Promise<Opened> {
  if (file.size > MOST_BYTES) throw new Problem('not-a-recovery-file', 'This is no recovery file: it is too large.');
  const recovery = await told(openRecovery(await file.text(), { passphrase, derive: deriveInWorker }));
  const reachable = recovery.conversations.filter(({ invite }) => app.reaches(invite.address));
  const elsewhere = recovery.conversations.filter((each) => !reachable.includes(each));
  return { recovery, reachable, elsewhere: [...new Set(elsewhere.map(({ invite }) => siteOf(invite.address)))] };
}

/** Joins its conversations as a new device; those that are here stay as they are. How many are new. @throws Problem */
export async function restore(app: App, { recovery, reachable }: Opened): Promise<number> {
  const { taken } = await told(takeUp(app.profile, { ...recovery, conversations: reachable }));
  if (app.settings.value.me === '') await app.change(settingsIn(recovery.settings));
  void navigator.storage.persist();
  for (const known of taken) {
    const talk = await app.take(known);
    // kept in the outbox when the relay is away; one that may not write any more can still read
    talk.greet().catch(() => {});
  }
  return taken.length;
}

/** On first run: makes the profile, then takes up what is in the file. @throws Problem */
export async function beginAgain(app: App, opened: Opened, passphrase: string | null): Promise<void> {
  const { me = '' } = settingsIn(opened.recovery.settings);
  await app.begin({ name: me, passphrase, alone: true });
  await app.change(settingsIn(opened.recovery.settings));
  await restore(app, opened);
}

function siteOf(address: string): string {
  const { kind } = parseAddress(address);
  return kind === 'http' ? new URL(address).origin : 'a file';
}
