/** What a conversation keeps between runs (outbox, checkpoint). Its methods are not for callers of Conversation. */
export interface Store {
  readonly todo?: never;
}
