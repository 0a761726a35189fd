import type { Finding } from '@fernspeak/conversation';
import { signal, type ReadonlySignal } from '@preact/signals';
import type { Talk } from '../../engine/talk/talk.ts';

/** Dialogs about a conversation. Without `talk`: the one that is shown. */
export type TalkDialog = { readonly talk?: Talk } & (
  | { readonly kind: 'members' | 'export' | 'forget' }
  /** `forMyself`: for one's own other device. */
  | { readonly kind: 'invite'; readonly forMyself?: boolean }
  /** `member`: a key, as in `ConversationMember.id`. */
  | { readonly kind: 'verify'; readonly member: string }
);

/** Dialogs about anything else. `join` joins what `app.offered` holds. */
export type AppDialog =
  | {
      readonly kind:
        'join' | 'paste-invite' | 'add-plain' | 'create' | 'settings' | 'passphrase' | 'switcher' | 'about';
    }
  | { readonly kind: 'recovery'; readonly what: 'save' | 'open' }
  | { readonly kind: 'finding'; readonly finding: Finding };

export type Opened = TalkDialog | AppDialog;

const OF_TALKS: ReadonlySet<Opened['kind']> = new Set(['members', 'export', 'forget', 'invite', 'verify']);

export function isAboutTalk(dialog: Opened): dialog is TalkDialog {
  return OF_TALKS.has(dialog.kind);
}

const shown = signal<Opened | null>(null);

/** The dialog that is open; null: none. */
export const opened: ReadonlySignal<Opened | null> = shown;

/** Opens a dialog, in place of the one that is open. */
export function openDialog(dialog: Opened): void {
  shown.value = dialog;
}

/** Closes the dialog; the focus goes back to where it was. */
export function closeDialog(): void {
  shown.value = null;
}
