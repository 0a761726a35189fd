import { ChannelError } from './errors.ts';

/** A channel's address as somebody wrote it, understood. */
export type Address = HttpAddress | FileAddress;

export interface HttpAddress {
  readonly kind: 'http';
  /** `http://127.0.0.1:8130/channels/1`: scheme, host, port and channel, and nothing else. */
  readonly address: string;
  /** `localhost/channels/1` */
  readonly place: string;
  /** Where the channel's server begins: `http://127.0.0.1:8130`. */
  readonly origin: string;
  readonly channelId: number;
  /** One of ThingSpeak's own hosts. */
  readonly thingspeak: boolean;
}

export interface FileAddress {
  readonly kind: 'file';
  /** `file:` and the path as it was given; the carrier files it under the real path. */
  readonly address: string;
  /** `file:notes.csv` */
  readonly place: string;
  readonly path: string;
}

/** One service: its API's host and the names of its web site, from which people copy addresses. */
const THINGSPEAK_HOSTS: ReadonlySet<string> = new Set([
  'api.thingspeak.com',
  'thingspeak.com',
  'www.thingspeak.com',
  'thingspeak.mathworks.com',
  'api.thingspeak.mathworks.com',
]);
const THINGSPEAK_API = 'https://api.thingspeak.com';

/** `/channels/9`, and what people paste: `/channels/9.json`, `/channels/9/feeds.csv`, `/channels/9/field/1.csv`, `/channels/9/private_show`. */
const CHANNEL_PATH =
  /^\/channels\/0*([1-9][0-9]{0,14})(?:\.[a-z]+|\/(?:feeds?|fields?|status|private_show|charts?)\b[^?#]*)?\/*$/i;
/** Query parameters that hold a key (ThingSpeak, "API Keys"). */
const KEY_PARAMETER = /^(?:api_?key|key|write_api_key|talkback_key)$/i;
const CSV_PATH = /\.csv$/i;

const EXAMPLES = 'A channel is http://HOST/channels/NUMBER, https://HOST/channels/NUMBER, or a file that ends in .csv.';

function notAChannel(sentence: string, hint: string = EXAMPLES): ChannelError {
  return new ChannelError('not-a-channel', sentence, { hint });
}

/**
 * Understands `http(s)://host/channels/N` and paths that end in `.csv` (also as `file:`). Throws ChannelError
 * `not-a-channel` for anything else, and `refused` for an address with a key or a password in it.
 */
export function parseAddress(text: string): Address {
  const trimmed = text.trim();
  if (/^https?:/i.test(trimmed)) return parseHttp(trimmed);
  if (/^file:/i.test(trimmed)) return parseFile(pathOfFileUrl(trimmed));
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(trimmed)) {
    throw notAChannel(`There is no carrier for ${trimmed.slice(0, trimmed.indexOf(':'))} addresses.`);
  }
  if (CSV_PATH.test(text)) return parseFile(text);
  if (/\/channels\/\d/.test(trimmed))
    throw notAChannel('The address has no scheme.', 'Write http:// or https:// before it.');
  throw notAChannel('This is not the address of a channel.');
}

/** The canonical place of an address: the same for every way to write or to reach it, so that people agree on it. */
export function placeOf(text: string): string {
  return parseAddress(text).place;
}

function parseHttp(text: string): HttpAddress {
  if (!URL.canParse(text)) throw notAChannel('The address is not a valid URL.');
  const url = new URL(text);
  refuseSecrets(url);
  const channel = CHANNEL_PATH.exec(url.pathname)?.[1];
  if (channel === undefined) throw notAChannel(`${url.origin} is not followed by /channels/NUMBER.`);
  const channelId = Number(channel);
  const hostname = url.hostname.replace(/\.$/, '');
  const thingspeak = THINGSPEAK_HOSTS.has(hostname) && url.port === '';
  const port = url.port === '' ? '' : `:${url.port}`;
  // ThingSpeak's API lives on one host, and keys do not travel in clear where they need not
  const origin = thingspeak ? THINGSPEAK_API : `${url.protocol}//${hostname}${port}`;
  const host = thingspeak ? 'api.thingspeak.com' : isLoopback(hostname) ? 'localhost' : `${hostname}${port}`;
  const path = `/channels/${channelId}`;
  return { kind: 'http', address: origin + path, place: host + path, origin, channelId, thingspeak };
}

function refuseSecrets(url: URL): void {
  const hint =
    'Give the bare address, and the key through --write-key-file or --read-key-file: addresses end up in logs.';
  if (url.username !== '' || url.password !== '') {
    throw new ChannelError('refused', 'The address holds a user name or password.', { hint });
  }
  for (const name of url.searchParams.keys()) {
    if (KEY_PARAMETER.test(name)) throw new ChannelError('refused', `The address holds a key (${name}).`, { hint });
  }
}

/** Names of this computer, as the URL standard writes them (127.1 and 0x7f.1 have become 127.0.0.1). */
function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname) ||
    hostname === '[::1]' ||
    /^\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\]$/.test(hostname) ||
    // the unspecified address, which a relay that listens everywhere may print, leads here as well
    hostname === '0.0.0.0' ||
    hostname === '[::]'
  );
}

function pathOfFileUrl(text: string): string {
  if (!/^file:\/\//i.test(text)) return text.slice('file:'.length);
  if (!URL.canParse(text)) throw notAChannel('The address is not a valid URL.');
  const url = new URL(text);
  if (url.hostname !== '') throw notAChannel('A file: address names a file on this computer.');
  try {
    // file:///C:/notes.csv is C:/notes.csv
    return decodeURIComponent(url.pathname).replace(/^\/(?=[a-z]:\/)/i, '');
  } catch {
    throw notAChannel('The address is not a valid URL.');
  }
}

function parseFile(path: string): FileAddress {
  if (!CSV_PATH.test(path)) throw notAChannel('The file does not end in .csv.');
  return { kind: 'file', address: `file:${path}`, place: placeOfFile(path), path };
}

/** `file:` and the base name in NFC (macOS gives names decomposed), never the path: it differs between two people. */
export function placeOfFile(path: string): string {
  return `file:${(path.split(/[/\\]/).at(-1) ?? path).normalize('NFC')}`;
}
