export { alertOf, contentOf, textOf, type Alert, type Content } from './content.ts';
export {
  Conversation,
  type ConversationOptions,
  type Delivery,
  type FollowOptions,
  type HistoryRange,
  type Kept,
  type Progress,
  type ReadOptions,
  type Refused,
  type SendOptions,
  type Sent,
  type Stored,
  type Unread,
} from './conversation.ts';
export { ConversationError, isConversationError, type ConversationErrorCode } from './errors.ts';
export { noneOpens } from './sentences.ts';
export type { Finding, FindingCode } from './finding.ts';
export { deriveKey, isFernetKey, normalizePassphrase, type DeriveOptions, type Kdf } from './key.ts';
export { memoryStore } from './memory.ts';
export type { Message, MessageField } from './message.ts';
export { assessPassphrase, suggestPassphrase, type Assessment } from './passphrase.ts';
export { plainSeal, type Member, type Opened, type PlainSealOptions, type Seal } from './seal.ts';
export type { Store } from './store.ts';
