import { Command, InvalidArgumentError, Option } from 'commander';
import type { Kdf } from '@fernspeak/conversation';
import { placeOf } from '@fernspeak/channel';
import type { ColorChoice } from './terminal/style.ts';

/** Names a key file where no option does. */
export const KEY_FILE_VARIABLE = 'FERNSPEAK_KEY_FILE';

/** What every command takes. */
export interface GlobalOptions {
  readonly home?: string;
  readonly as?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  /** False with `--no-input`: nothing is asked, also on a terminal. */
  readonly input?: boolean;
  readonly color?: ColorChoice;
  readonly debug?: boolean;
  readonly profilePassphraseFile?: string;
  readonly profilePassphraseFd?: number;
}

/** What names the key of a conversation and how it is made. */
export interface KeyOptions {
  readonly keyFile?: string;
  readonly keyFd?: number;
  readonly place?: string;
  readonly kdf?: Kdf;
}

/** What opens a channel. `timeout` is in seconds. */
export interface ChannelOptions {
  readonly writeKeyFile?: string;
  readonly writeKeyFd?: number;
  readonly readKeyFile?: string;
  readonly readKeyFd?: number;
  readonly timeout: number;
}

/** How long `send` tries, and any command waits for one answer: what somebody at a terminal bears. In seconds. */
const DEFAULT_TIMEOUT = 30;

/** What the command is called. */
export const PROGRAM = 'fernspeak';

/** One example of the help: the command, and what it is for. */
export type Example = readonly [command: string, purpose: string];

/** A command with the options that all have, whose help begins with examples. */
export function newCommand(name: string, summary: string, examples: readonly Example[]): Command {
  const width = Math.max(...examples.map(([command]) => command.length));
  const lines = examples.map(([command, purpose]) => `  $ ${command.padEnd(width)}  ${purpose}`.trimEnd());
  return new Command(name)
    .summary(summary)
    .addHelpText('before', `${summary}\n\n${lines.join('\n')}\n`)
    .addHelpText('after', '\nExit codes, environment, formats: fernspeak help exit-codes | environment | formatting')
    .helpOption('-h, --help', 'show this')
    .configureHelp({ helpWidth: 110, commandUsage: usageOf })
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeErr: () => {} }); // errors are thrown, and reported in one place
}

function usageOf(command: Command): string {
  return command.name() === PROGRAM
    ? `${PROGRAM} <command> [options]`
    : `${PROGRAM} ${command.name()} ${command.usage()}`;
}

/** The options that every command has; they may also stand before the command's name. */
export function withGlobals(command: Command): Command {
  return command
    .addOption(new Option('--json', 'objects instead of text: results on stdout, all else on stderr'))
    .addOption(new Option('-q, --quiet', 'only what was asked for, warnings and errors'))
    .addOption(new Option('--home <dir>', 'where profiles lie').env('FERNSPEAK_HOME'))
    .addOption(new Option('--as <name>', 'which profile in there').env('FERNSPEAK_AS'))
    .addOption(
      new Option('--profile-passphrase-file <file>', "the profile's passphrase is in it, if it has one").env(
        'FERNSPEAK_PROFILE_PASSPHRASE_FILE',
      ),
    )
    .addOption(new Option('--profile-passphrase-fd <n>', 'the same from an open descriptor').argParser(wholeNumber))
    .addOption(new Option('--no-input', 'ask nothing, also on a terminal'))
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .addOption(new Option('--debug', 'errors with their stack'));
}

/** Options of a command that seals or opens. */
export function withKey(command: Command): Command {
  return withKeySource(command).addOption(
    new Option('--kdf <name>', 'how a passphrase becomes a key; article: only for the scripts of 2020')
      .choices(['fernspeak', 'article'])
      .default('fernspeak'),
  );
}

/** Options that name a key or passphrase. */
export function withKeySource(command: Command): Command {
  return command
    .addOption(
      new Option('--key-file <file>', `a key or a passphrase is in it; - is stdin (env: ${KEY_FILE_VARIABLE})`),
    )
    .addOption(
      new Option('--key-fd <n>', 'the same from an open descriptor').argParser(wholeNumber).conflicts('keyFile'),
    )
    .addOption(
      new Option('--place <text>', "instead of the channel's own place, which salts a passphrase").argParser(place),
    );
}

/** Options of a command that reads a channel. */
export function withReadKey(command: Command): Command {
  return command
    .addOption(new Option('--read-key-file <file>', "the channel's read API key is in it; remembered"))
    .addOption(
      new Option('--read-key-fd <n>', 'the same from an open descriptor')
        .argParser(wholeNumber)
        .conflicts('readKeyFile'),
    )
    .addOption(timeoutOption('wait at most this long for an answer'));
}

/** Options of a command that writes to a channel. */
export function withWriteKey(command: Command): Command {
  return withWriteKeySource(command).addOption(
    timeoutOption('try for this long; then the message is kept for the next command'),
  );
}

/** Options that name a channel's write key. */
export function withWriteKeySource(command: Command): Command {
  return command
    .addOption(new Option('--write-key-file <file>', "the channel's write API key is in it; remembered"))
    .addOption(
      new Option('--write-key-fd <n>', 'the same from an open descriptor')
        .argParser(wholeNumber)
        .conflicts('writeKeyFile'),
    );
}

/** Options that name the passphrase of a file. */
export function withFilePassphrase(command: Command): Command {
  return command
    .option('--passphrase-file <file>', 'the passphrase is in this file (- is stdin)')
    .addOption(
      new Option('--passphrase-fd <n>', 'the same from an open descriptor')
        .argParser(wholeNumber)
        .conflicts('passphraseFile'),
    );
}

/** The option of a command that asks a channel. */
export function withTimeout(command: Command): Command {
  return command.addOption(timeoutOption('wait at most this long for an answer'));
}

function timeoutOption(help: string): Option {
  return new Option('--timeout <seconds>', help).env('FERNSPEAK_TIMEOUT').argParser(seconds).default(DEFAULT_TIMEOUT);
}

/** Argument parser: 0, 1, 2 … */
function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It takes a whole number.');
  return Number(text);
}

/** Argument parser: 1, 2, 3 … */
export function positiveNumber(text: string): number {
  const number = wholeNumber(text);
  if (number === 0) throw new InvalidArgumentError('It takes a number from 1.');
  return number;
}

/** A place as it is, or the place of an address: nobody has to know how one is made from the other. */
function place(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It takes a place, localhost/channels/1 say.');
  return /^https?:/i.test(text) ? placeOf(text) : text.trim().normalize('NFC');
}

function seconds(text: string): number {
  const number = Number(text);
  if (!/^[\d.]+$/.test(text) || !(number > 0) || number > 86_400) {
    throw new InvalidArgumentError('It takes seconds: more than 0, at most 86400.');
  }
  return number;
}
