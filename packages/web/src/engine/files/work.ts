import type { KnownConversation, KnownFile } from '@fernspeak/conversation';
import type { HandedProfile } from '@fernspeak/conversation/browser-profile';

/** What is to be done, with a profile that is open in the page. */
export interface FileWork {
  readonly profile: HandedProfile;
  readonly known: KnownConversation;
  readonly work: { readonly send: File } | { readonly fetch: KnownFile };
}

/** What the page is told: how many bytes are done, then the end. */
export type FileNews =
  | { readonly done: number }
  | { readonly sent: true }
  | { readonly fetched: Blob }
  | { readonly failed: { readonly code: string; readonly message: string; readonly hint: string | null } };
