import { unwrapBytesLiteral } from '@fernspeak/channel/format';
import { Fernet } from '@fernspeak/fernet';
import { concat, utf8 } from '../bytes.ts';
import type { FrameContent, NewerContent } from '../frame/content.ts';
import { writeContent } from '../frame/content.ts';
import { makeFrame, readFrames, type ReadFrame } from '../frame/frame.ts';
import { HEADER_AT, paddedLength, type Seen } from '../frame/layout.ts';
import type { Device } from '../identity/device.ts';
import { openToken, type Opened } from '../seal.ts';

/** What can be written: all kinds but those that only a newer program knows. */
export type Written = Exclude<FrameContent, NewerContent>;

/** A message's place in what its sender has written and seen. */
export interface Standing {
  readonly n: number;
  readonly seen: Seen | null;
}

/**
 * Seals framed messages and opens what lies on their channel, whatever is underneath: who sent a message is a result of
 * opening it.
 */
export interface FramedSeal {
  /** What goes out, and which message it is (t, hex). */
  seal(content: Written, standing: Standing): Promise<{ readonly sealed: string; readonly t: string }>;
  /** How long `seal` makes it, in characters. */
  sizeOf(content: Written): number;
  /** Opens many at once, the answer in their order. What somebody else can cause is a finding, never an error. */
  open(sealed: readonly string[]): Promise<Opened[]>;
  /** Content under this key, for the outbox: it has no sender and no number. */
  sealDraft(content: Written): string;
  openDraft(sealed: string): Written;
}

export interface FernetSealOptions {
  /** Fernet key, base64url. */
  readonly key: string;
  /** 16 bytes. */
  readonly conversationId: Uint8Array;
  readonly device: Device;
}

/** A token tells its time to everyone, and a device by its clock: so it tells none. */
const NO_TIME = 0;
const LINE = 0x0a;
/** Before a token of so many characters, others get a turn: opening it in a browser takes as long as a frame on the screen. */
const LONG = 100_000;

/** Fernet tokens of signed frames. */
export function fernetSeal({ key, conversationId, device }: FernetSealOptions): FramedSeal {
  const fernet = new Fernet(key);
  return {
    seal: async (content, { n, seen }) => {
      const { frame, t } = await makeFrame({ device, conversationId, n, seen, content });
      return { sealed: fernet.encryptAtTime(frame, NO_TIME), t };
    },
    sizeOf: (content) => {
      const { header, body } = writeContent(content);
      return tokenLength(paddedLength(HEADER_AT + header.length + body.length));
    },
    open: async (sealed) => {
      const opened: Opened[] = [];
      for (const text of sealed) {
        if (text.length >= LONG) await turn();
        opened.push(openToken(fernet, unwrapBytesLiteral(text)));
      }
      const plaintexts = opened.flatMap(({ content }) => (content ? [content.bytes] : []));
      const read = (await readFrames(plaintexts, conversationId)).values();
      return opened.map((each) => (each.content ? framed(each, read.next().value) : each));
    },
    sealDraft: (content) => {
      const { body = new Uint8Array(), ...header } = { body: undefined, ...content };
      return fernet.encryptAtTime(concat(utf8(`${JSON.stringify(header)}\n`), body), NO_TIME);
    },
    openDraft: (sealed) => {
      const bytes = fernet.decrypt(sealed);
      const end = bytes.indexOf(LINE);
      const header = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as Written; // what sealDraft wrote
      return header.kind === 'text' || header.kind === 'chunk' ? { ...header, body: bytes.slice(end + 1) } : header;
    },
  };
}

/** Lets a page draw a frame before the next piece of work. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

function framed(opened: Opened, read: ReadFrame | undefined): Opened {
  if (read === undefined || read.fault === 'not-a-frame') return opened;
  if (read.frame === null) return { ...opened, content: null, fault: read.fault };
  const { frame } = read;
  const bytes = 'body' in frame.content ? frame.content.body : new Uint8Array();
  return { ...opened, content: { bytes }, sender: { id: frame.from, name: null }, frame };
}

/** Characters of a Fernet token: version, time, IV, padded ciphertext, HMAC, in padded base64url. */
function tokenLength(bytes: number): number {
  const BLOCK = 16;
  const sealed = 1 + 8 + BLOCK + (Math.floor(bytes / BLOCK) + 1) * BLOCK + 32;
  return Math.ceil(sealed / 3) * 4;
}
