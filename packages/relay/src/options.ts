import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from './access-log.ts';
import type { StoredEntry } from './api/context.ts';
import { CONFIG, readConfig } from './config.ts';
import {
  ADDRESS_RATE,
  BODY_BYTES,
  BULK_ENTRIES,
  CHANNELS,
  CONNECTIONS,
  FIELD_BYTES,
  HEARTBEAT_MS,
  KEEP_DAYS,
  KEEP_ENTRIES,
  KEY_RATE,
  LIVE_READERS,
  MAX_CHANNEL,
  MAX_ENTRY,
  THINGSPEAK,
  type LimitOptions,
} from './limits.ts';
import { RelayError } from './relay-error.ts';

/** What a relay starts with. Everything has a default. */
export interface RelaySettings extends LimitOptions {
  /** Name or address to listen on. */
  readonly host?: string;
  /** 0: any free port. */
  readonly port?: number;
  /** The data folder; made where missing. */
  readonly data?: string;
  /** Where others reach this relay; with it, administering takes the user key. */
  readonly publicUrl?: string;
  /** The folder of the built web app, which is served at `/`; `none` or absent: no app. */
  readonly web?: string;
  /** Other relays that the served app may reach: sources of a content security policy, with blanks between them. */
  readonly connect?: string;
  /** Makes a new user key beside those that exist. */
  readonly newUserKey?: boolean;
  readonly logFormat?: LogFormat;
  readonly logLevel?: LogLevel;
}

/** Settings, and what only a program can give. */
export interface RelayOptions extends RelaySettings {
  /** Called for each entry, once it is on disk. */
  readonly onStored?: (stored: StoredEntry) => void;
  /** The relay's clock, Unix milliseconds. */
  readonly now?: () => number;
}

/** One option of a relay: a flag, an environment variable, a setting. */
export interface RelayOption {
  readonly name: keyof RelaySettings | typeof CONFIG;
  /** With its dashes; without them it is the name in the config file. */
  readonly flag: string;
  readonly env: string;
  readonly type: 'text' | 'number' | 'switch';
  /** In the option's own unit; null: what `help` says. */
  readonly default: string | number | boolean | null;
  readonly unit?: string;
  /** The setting is the given number times this. */
  readonly factor?: number;
  /** Smallest and largest number. */
  readonly range?: readonly [number, number];
  readonly choices?: readonly string[];
  readonly help: string;
}

const MEBIBYTE: number = 1024 * 1024;

const THINGSPEAK_SECONDS = THINGSPEAK.updateIntervalMs / 1000;

/** Every option: the command builds its flags from this table, and the README shows it. */
export const RELAY_OPTIONS: readonly RelayOption[] = [
  option(CONFIG, {
    help: 'file of settings, JSON: {"port": 8131, "keep-days": 30}; flags and environment win over it',
  }),
  option('host', {
    default: '127.0.0.1',
    help: 'name or address to listen on; other computers reach only one that is not loopback',
  }),
  option('port', {
    type: 'number',
    default: 8130,
    range: [0, 65_535],
    help: 'port to listen on; 0 takes any free one',
  }),
  option('data', { default: 'data', help: 'folder of the database; made where missing' }),
  option('publicUrl', {
    help: 'address under which others reach this relay, through a proxy say; administering then takes the user key',
  }),
  option('web', {
    help: 'folder of the web app that is served at /; none = no app (default: the app that came with this command)',
  }),
  option('connect', {
    help: 'other relays that the served app may reach, with blanks between: "https://relay.example"',
  }),
  option('newUserKey', {
    type: 'switch',
    default: false,
    help: 'make a new user key and print it once; older ones stay valid',
  }),
  option('thingspeakLimits', {
    type: 'switch',
    default: false,
    help: `impose ThingSpeak's limits: ${THINGSPEAK.fieldCharacters} characters a field, ${THINGSPEAK.entryBytes} bytes an entry, ${THINGSPEAK_SECONDS} s between updates, answer 0`,
  }),
  option('updateIntervalMs', {
    flag: '--update-interval',
    env: 'FERNSPEAK_RELAY_UPDATE_INTERVAL',
    type: 'number',
    unit: 'seconds',
    factor: 1000,
    range: [0, 86_400],
    help: `time between two updates of a channel (default 0, with --thingspeak-limits ${THINGSPEAK_SECONDS})`,
  }),
  option('fieldBytes', {
    type: 'number',
    default: FIELD_BYTES,
    unit: 'bytes',
    range: [255, MEBIBYTE],
    help: 'longest field',
  }),
  option('bulkEntries', {
    type: 'number',
    default: BULK_ENTRIES,
    range: [1, 14_400],
    help: 'most entries of one bulk update',
  }),
  option('bodyBytes', {
    type: 'number',
    default: BODY_BYTES,
    unit: 'bytes',
    range: [4096, 64 * MEBIBYTE],
    help: 'longest request body',
  }),
  option('connections', {
    type: 'number',
    default: CONNECTIONS,
    range: [1, 65_535],
    help: 'most connections at one time',
  }),
  option('liveReaders', {
    type: 'number',
    default: LIVE_READERS,
    range: [0, 65_535],
    help: 'most live readers at one time; 0 = none',
  }),
  option('heartbeatMs', {
    flag: '--heartbeat',
    env: 'FERNSPEAK_RELAY_HEARTBEAT',
    type: 'number',
    default: HEARTBEAT_MS / 1000,
    unit: 'seconds',
    factor: 1000,
    range: [0.05, 30],
    help: 'time between two signs of life of a live stream; followers wait 40 seconds for one',
  }),
  option('addressRate', {
    type: 'number',
    default: ADDRESS_RATE,
    unit: 'requests a second',
    range: [0, 1_000_000],
    help: 'most requests of one address that is not loopback, ten seconds of it at once; 0 = any number',
  }),
  option('keyRate', {
    type: 'number',
    default: KEY_RATE,
    unit: 'requests a second',
    range: [0, 1_000_000],
    help: 'most requests with one key, ten seconds of it at once; 0 = any number',
  }),
  option('channels', {
    type: 'number',
    default: CHANNELS,
    range: [0, MAX_CHANNEL],
    help: 'most channels of this relay',
  }),
  option('keepMs', {
    flag: '--keep-days',
    env: 'FERNSPEAK_RELAY_KEEP_DAYS',
    type: 'number',
    default: KEEP_DAYS,
    unit: 'days',
    factor: 86_400_000,
    range: [0, 36_500],
    help: 'how long entries are kept, to the hour; readers without the beginning cannot check it; 0 = for ever',
  }),
  option('keepEntries', {
    type: 'number',
    default: KEEP_ENTRIES,
    range: [0, MAX_ENTRY],
    help: 'how many entries a channel keeps, the newest; 0 = all',
  }),
  option('logFormat', {
    choices: LOG_FORMATS,
    help: 'how requests are logged, on stderr (default pretty on a terminal, else json)',
  }),
  option('logLevel', {
    choices: LOG_LEVELS,
    default: 'info',
    help: 'what is logged: each request (info), or only what went wrong (error)',
  }),
];

function option(name: RelayOption['name'], rest: Partial<RelayOption> & Pick<RelayOption, 'help'>): RelayOption {
  const words = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const env = `FERNSPEAK_RELAY_${words.replaceAll('-', '_').toUpperCase()}`;
  return { name, flag: `--${words}`, env, type: 'text', default: null, ...rest };
}

/**
 * Settings from flags, environment and config file, in this order. `flags` holds what was given, by the flag's name in
 * camel case (`updateInterval`); numbers may be texts. What nobody gives is left out.
 * @throws {RelayError} `bad-option`
 */
export function readRelayOptions(
  flags: Readonly<Record<string, string | number | boolean | undefined>>,
  env: Readonly<Record<string, string | undefined>>,
): RelaySettings {
  const given = ({ flag, env: variable }: RelayOption): Given | null => {
    const value = flags[flag.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
    if (value !== undefined && value !== '') return { value: String(value), source: flag };
    return env[variable] ? { value: env[variable], source: variable } : null;
  };
  const file = RELAY_OPTIONS.filter(({ name }) => name === CONFIG).map(given)[0];
  const names = RELAY_OPTIONS.flatMap(({ name, flag }) => (name === CONFIG ? [] : [flag.slice(2)]));
  const config = file ? readConfig(file.value, file.source, names) : new Map<string, string>();
  const settings: Record<string, string | number | boolean> = {};
  for (const option of RELAY_OPTIONS) {
    if (option.name === CONFIG) continue;
    const key = option.flag.slice(2);
    const inFile = config.get(key);
    const found =
      given(option) ?? (inFile === undefined ? null : { value: inFile, source: `${key} in ${file?.value}` });
    if (found !== null) settings[option.name] = valueOf(option, found.value, found.source);
  }
  return settings;
}

interface Given {
  readonly value: string;
  /** What an error names: flag, variable, or name and file. */
  readonly source: string;
}

function valueOf(option: RelayOption, given: string, source: string): string | number | boolean {
  if (option.type === 'switch') {
    if (given === 'true' || given === '1') return true;
    if (given === 'false' || given === '0') return false;
    throw badOption(source, 'is a switch', `Give ${source} as true or false.`);
  }
  if (option.choices !== undefined && !option.choices.includes(given)) {
    throw badOption(source, `cannot be ${given}`, `Choose one of ${option.choices.join(', ')}.`);
  }
  if (option.name === 'publicUrl' && !/^https?:\/\/[^/?#@\s]+\/?$/.test(given)) {
    throw badOption(source, 'is not the address of a relay', 'Give it as https://relay.example');
  }
  if (option.name === 'connect' && !/^(?:https?:\/\/[\w.:[\]-]+(?:\s+|$))+$/.test(given)) {
    throw badOption(source, 'does not name relays', 'Give it as "https://relay.example https://other.example"');
  }
  return option.type === 'number' ? numberOf(option, given, source) : given;
}

function numberOf({ range = [0, Infinity], factor, unit }: RelayOption, given: string, source: string): number {
  const number = /^\d+(\.\d+)?$/.test(given) ? Number(given) : Number.NaN;
  const whole = factor !== undefined || Number.isInteger(number);
  if (whole && number >= range[0] && number <= range[1]) return Math.round(number * (factor ?? 1));
  const of = unit === undefined ? '' : ` of ${unit}`;
  throw badOption(source, `cannot be ${given}`, `Give a number${of} from ${range[0]} to ${range[1]}.`);
}

function badOption(source: string, what: string, hint: string): RelayError {
  return new RelayError('bad-option', `${source} ${what}.`, hint);
}
