import { basename } from 'node:path';
import { inviteLink, type FramedConversation } from '@fernspeak/conversation';
import { parseAddress } from '@fernspeak/channel';
import { usageError } from '../errors.ts';
import { relayOrigin } from '../new/owner.ts';

/** A link by which somebody joins; it is a secret. `fernspeak join` and the app take it in either form. */
export interface MadeLink {
  readonly link: string;
  /** Whom it is for: no two have the same, so that two who use one link are noticed. */
  readonly label: string;
  /** Of the channel, as others reach it. */
  readonly address: string;
}

/** So long it is waited for a relay that could serve the app, in milliseconds. */
const APP_ANSWERS_MS = 2000;

interface LinkOptions {
  readonly label?: string | undefined;
  /** Others' address of the relay, where it is another. */
  readonly relay?: string | undefined;
  /** For a further device of one's own: it is offered this one's name. */
  readonly myDevice?: boolean | undefined;
}

export async function makeLink(
  conversation: FramedConversation,
  { label, relay, myDevice = false }: LinkOptions = {},
): Promise<MadeLink> {
  const address = sharedAddress(conversation.about.address, relay);
  const who = myDevice ? 'my device' : 'somebody';
  const whom = label ?? `${who} (${new Date().toISOString().slice(0, 19)}Z)`;
  const name = myDevice ? conversation.about.me : null;
  const invite = { ...(await conversation.invite(whom)), address, ...(name === null ? {} : { name }) };
  const app = (await servesApp(conversation.about.address)) ? `${new URL(address).origin}/` : undefined;
  return { link: inviteLink(invite, { app }), label: whom, address };
}

/** Whether the relay of an address serves the app, which the link then opens. False: also when it does not answer now. */
async function servesApp(address: string): Promise<boolean> {
  if (parseAddress(address).kind !== 'http') return false;
  const { origin } = new URL(address);
  try {
    const answer = await fetch(`${origin}/build.json`, {
      redirect: 'error',
      signal: AbortSignal.timeout(APP_ANSWERS_MS),
    });
    const { hash } = (await answer.json()) as { hash?: unknown };
    return answer.ok && typeof hash === 'string';
  } catch {
    return false;
  }
}

/** The address that the link has: a file by its name alone, for it lies elsewhere for everybody. */
function sharedAddress(text: string, relay: string | undefined): string {
  const parsed = parseAddress(text);
  if (relay !== undefined) {
    if (parsed.kind === 'file')
      throw usageError('This conversation is in a file: no relay is in it.', 'Leave out --relay.');
    return parseAddress(`${relayOrigin(relay)}/channels/${parsed.channelId}`).address;
  }
  return parsed.kind === 'file' ? `file:${basename(parsed.path)}` : parsed.address;
}

/** What whoever is invited needs beside the link. */
export interface Reach {
  /** False: others cannot reach the channel. */
  readonly reachable: boolean;
  readonly message: string;
  readonly hint?: string;
}

/** Null: the link is enough. */
export function reachOf(address: string): Reach | null {
  const parsed = parseAddress(address);
  if (parsed.kind === 'file') {
    return {
      reachable: true,
      message: `They also need the file ${basename(parsed.path)}: on a stick, say, or on a network drive. fernspeak join --file says where.`,
    };
  }
  if (!parsed.place.startsWith('localhost/')) return null;
  return {
    reachable: false,
    message: 'This link works on this computer only: the relay listens to nobody else.',
    hint: 'For others run it where they reach it: fernspeak relay --help shows how. Then: fernspeak invite NAME --relay https://ITS-ADDRESS',
  };
}

export const LINK_IS_SECRET =
  'Whoever has this link reads everything, past and future. Send it by a way that you trust.';
