export type { Clock } from './clock.ts';
export { alertOf, contentOf, textOf, type Alert, type Content } from './content.ts';
export { Conversation, type ConversationOptions } from './conversation.ts';
export { cursorOf, type Cursor } from './reading/cursor.ts';
export type { Delivery, Kept, Progress, Refused, SendOptions, Sent, Stored } from './outbox/delivery.ts';
export { ConversationError, isConversationError, type ConversationErrorCode } from './errors.ts';
export { noneOpens, type Finding, type FindingCode, type NoneOpens } from './finding.ts';
export type { HistoryRange } from './reading/history.ts';
export { deriveKey, isFernetKey, normalizePassphrase, type DeriveOptions, type Kdf } from './keys/key.ts';
export { memoryStore } from './memory.ts';
export type { Message, MessageField } from './message.ts';
export { assessPassphrase, suggestPassphrase, type Assessment } from './keys/passphrase.ts';
export { plainSeal, type Member, type Opened, type PlainSealOptions, type Seal } from './seal.ts';
export { TOLD, type Attempt, type Checkpoint, type Lock, type Outcome, type OutboxItem, type Store } from './store.ts';
export type { Hole } from './reading/hole.ts';
export type { ReadingOptions, Unread } from './reading/unread.ts';
export { findingOf, isLoud } from './finding.ts';
export type { FrameContent, NewerContent } from './frame/content.ts';
export {
  makeFrame,
  readFrames,
  type CountedFrame,
  type FrameFault,
  type FrameOptions,
  type ReadFrame,
} from './frame/frame.ts';
export type { Seen } from './frame/layout.ts';
export type { Notice } from './continuity/notice.ts';
export {
  deviceOf,
  exportDeviceKey,
  importDeviceKey,
  newDeviceKey,
  type Device,
  type DeviceKey,
} from './identity/device.ts';
export { displayName } from './identity/name.ts';
export { historyWords, safetyNumber, type SafetyNumber } from './identity/safety-number.ts';
export { inviteLink, isInviteLink, readInvite, type Invite } from './invite/invite.ts';
export { conversationIdOf, writeKeyOf } from './keys/derived.ts';
export {
  agreedConversation,
  foundConversation,
  invitedConversation,
  knownConversations,
  rememberConversation,
  type About,
  type KnownConversation,
} from './framed/about.ts';
export {
  FramedConversation,
  type Checked,
  type FramedConversationOptions,
  type FramedSent,
  type FramedUnreadOptions,
  type LocalRange,
  type Sendable,
} from './framed/conversation.ts';
export { shownName, type ConversationMember } from './framed/members.ts';
export type { FramedMessage } from './framed/message.ts';
export type { MessageKind } from './framed/shown.ts';
export { isComplete, type Chunk, type KnownFile } from './files/parts.ts';
export { fileName, numbered } from './files/name.ts';
export type { FilePiece, ReadFileOptions } from './files/reading.ts';
export type { FileSource, SendFileOptions, SentFile } from './files/sending.ts';
export type { ChunkPlace, FileEnd, FileOffer } from './frame/file-content.ts';
export type { FilePart } from './framed/shown.ts';
export { openRecovery, sealRecovery, type RecoveryPassphrase } from './recovery/file.ts';
export { gatherRecovery, takeUp, type Recovery, type SavedConversation, type TakenUp } from './recovery/recovery.ts';
