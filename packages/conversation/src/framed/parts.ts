import type { Channel } from '@fernspeak/channel';
import { fromBase64url } from '../bytes.ts';
import type { Clock } from '../clock.ts';
import { inviteProof } from '../invite/invite.ts';
import type { Store } from '../store.ts';
import type { Live } from './live.ts';
import type { FramedSeal } from './seal.ts';
import type { Invited } from './state.ts';
import type { Brought, InviteClaim, Labels, Link } from './take.ts';

/** What a framed conversation consists of. */
export interface Parts {
  readonly channel: Channel;
  readonly clock: Clock;
  readonly seal: FramedSeal;
  readonly store: Store;
  readonly live: Live;
  /** 16 bytes. */
  readonly conversationId: Uint8Array;
  /** Null: this device made the conversation. */
  readonly claim: InviteClaim | null;
}

/** A proof counts for the key that it was made for: everyone with the conversation's key can copy another's. */
export function proofKey(from: string, proof: string): string {
  return `${from} ${proof}`;
}

/** Which of the invites that were made here the hellos in a batch came by: link by {@link proofKey}. */
export async function labelsOf(
  brought: readonly Brought[],
  { live, conversationId }: Pick<Parts, 'live' | 'conversationId'>,
): Promise<Labels> {
  const labels = new Map<string, Link>();
  const hellos = brought.flatMap(({ messages }) =>
    messages.flatMap(({ frame }) => (frame?.content.kind === 'hello' && frame.content.invite ? [frame] : [])),
  );
  if (hellos.length === 0) return labels;
  const { invites } = await live.current();
  const made: readonly Invited[] = [...invites];
  for (const { from } of hellos) {
    for (const [link, { label, secret }] of made.entries()) {
      const proof = await inviteProof(bytesOf(secret), conversationId, bytesOf(from));
      labels.set(proofKey(from, proof), { label, link });
    }
  }
  return labels;
}

function bytesOf(text: string): Uint8Array {
  return fromBase64url(text) ?? new Uint8Array();
}
