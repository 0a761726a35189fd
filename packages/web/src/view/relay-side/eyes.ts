import type { Piece } from '../../engine/relay-side/pieces.ts';

/** With whose eyes one looks. */
export type Eyes = 'relay' | 'network' | 'link';

export const EYES: readonly (readonly [Eyes, string])[] = [
  ['relay', 'the relay'],
  ['network', 'the network'],
  ['link', 'someone with the link'],
];

/** How the way to a channel looks to those in between: by its address. */
export type Way = 'https' | 'http' | 'memory';

export function wayTo(address: string): Way {
  if (address.startsWith('https:')) return 'https';
  return address.startsWith('http:') ? 'http' : 'memory';
}

/** What one of them knows, in a sentence or two. */
export function known(eyes: Eyes, way: Way): string {
  if (eyes === 'link') {
    return 'Whoever got the invite can open everything here, old and new, and join. That is why it goes by a way that you trust.';
  }
  if (way === 'memory')
    return 'This channel is in this page’s memory: nobody else sees it. On a relay, it would be seen like this.';
  if (eyes === 'relay') {
    return 'The relay has all these bytes, the time of each, the write key that it came with, and the address that sent it.';
  }
  return way === 'https'
    ? 'With https, whoever watches the network sees this host’s name, when something is sent or fetched, and how large it is.'
    : 'Without https, whoever watches the network sees all that the relay sees, and the keys of the channel. Put https in front of the relay.';
}

/** How a stretch of an entry looks to them. `opened`: they have the key. */
export function seenAs({ kind, of }: Piece, eyes: Eyes, way: Way): 'frame' | 'clear' | 'noise' | 'opened' {
  if (eyes === 'link' && kind === 'noise') return 'opened';
  if (eyes === 'network' && way !== 'http' && of !== 'created_at') return 'noise';
  return kind;
}
