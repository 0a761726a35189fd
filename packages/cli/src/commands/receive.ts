import { Conversation, deriveKey, plainSeal } from '@fernspeak/conversation';
import type { Profile } from '@fernspeak/conversation/profile';
import type { Command } from 'commander';
import { usageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import { openIo, type Io } from '../io.ts';
import { newCommand, positiveNumber, withKey, withReadKey } from '../options.ts';
import type { ChannelOptions, GlobalOptions, KeyOptions } from '../options.ts';
import { whileAsking } from '../receive/asking.ts';
import { JsonPrinter } from '../receive/json.ts';
import type { Printer } from '../receive/printer.ts';
import { RawPrinter } from '../receive/raw.ts';
import { receiveMessages, type Selection } from '../receive/reading.ts';
import { TextPrinter } from '../receive/text.ts';
import { isKey, keyOrPassphrase, warnAboutKdf, type Secret } from '../secret.ts';
import { channelTarget, openReadable, profileOf, refuseUnreadableFile, type Target } from '../session.ts';
import { sinceMoment } from '../since.ts';
import { openPrompter, type Prompter } from '../terminal/prompt.ts';

interface ReceiveOptions extends GlobalOptions, KeyOptions, ChannelOptions, Selection {
  readonly raw?: boolean;
  /** A device's readings as a plot, of everything unless a range is named. */
  readonly plot?: boolean;
  /** The only series in it. */
  readonly field?: string;
}

/** `fernspeak receive`: shows what has not been received yet. */
export function receiveCommand(): Command {
  const command = newCommand('receive', 'Show what was not received from a channel yet, oldest first.', [
    ['fernspeak receive family', 'a conversation that you made or joined'],
    ['fernspeak receive family --files ~/Downloads', 'and puts the files of others there; none is overwritten'],
    ['fernspeak receive notes.csv', 'asks for the key or passphrase'],
    ['fernspeak receive notes.csv --key-file family.key --last 1', 'the newest message, read or not'],
    ['fernspeak receive http://127.0.0.1:8130/channels/1 --key-file ops.key --follow', 'and what comes, until Ctrl-C'],
    ['fernspeak receive sensor.csv --key-file sensor.key --plot --since 7d', "a sensor's numbers as a plot"],
    ['fernspeak receive notes.csv --key-file family.key --all --json | jq -r .text', ''],
  ])
    .argument('<channel>', 'a conversation, http(s)://HOST/channels/ID, or a file that ends in .csv')
    .option('--all', 'everything that is there, received or not')
    .option('--last <n>', 'the newest N messages, received or not', positiveNumber)
    .option('--since <when>', 'what was stored since then: 30m, 2h, 7d, or a date with or without a time', (text) =>
      sinceMoment(text),
    )
    .option('--follow', 'do not end: show what comes')
    .option('--files <dir>', 'put the files that others sent into this folder; what is there already stays as it is')
    .option(
      '--plot',
      'numbers and flat JSON as a plot: of all there is, or of --last or --since; marks nothing as received',
    )
    .option('--field <name>', 'with --plot: only the field or JSON key of this name')
    .option('--require', `exit code ${EXIT.nothing} when there is nothing`)
    .option('--raw', 'exact bytes, nothing made visible; not to a terminal');
  return withReadKey(withKey(command)).action(receive);
}

async function receive(named: string, options: ReceiveOptions): Promise<void> {
  const io = openIo(options);
  refuseContradictions(options);
  const target = channelTarget(named);
  if (target !== null && options.files !== undefined) {
    throw usageError('Files are in conversations, not in bare channels.', 'fernspeak list shows the conversations.');
  }
  if (target === null && options.plot === true) {
    throw usageError('Plots are made of bare channels, where devices write, not of conversations.');
  }
  const prompter = openPrompter(options);
  const profile = await profileOf(options, prompter);
  try {
    if (target !== null) return await receivePlain(target, { io, options, prompter, profile });
    const { receiveFramed } = await import('../receive/framed.ts');
    await receiveFramed({ io, named, prompter, profile, options });
  } finally {
    prompter?.close();
    profile.close();
  }
}

interface Receiver {
  readonly io: Io;
  readonly options: ReceiveOptions;
  readonly prompter: Prompter | null;
  readonly profile: Profile;
}

async function receivePlain(target: Target, receiver: Receiver): Promise<void> {
  const { io, options, prompter } = receiver;
  if (target.kind === 'file' && prompter !== null) await refuseUnreadableFile(target.path);
  const secret = await keyOrPassphrase(options, prompter);
  warnAboutKdf(options, secret, io);
  await whileAsking(target.address, receiver, ({ printing, ...asking }) =>
    receiveFrom({ ...receiver, ...asking, target, secret, printing }),
  );
}

interface PlainReceiver extends Receiver {
  readonly target: Target;
  readonly secret: Secret;
  readonly printing: (printer: Printer) => Printer;
}

async function receiveFrom(receiver: PlainReceiver): Promise<void> {
  const { io, options, prompter, profile, secret, printing } = receiver;
  const { channel, info } = await openReadable(receiver);
  prompter?.close();
  try {
    const place = options.place ?? channel.place;
    const seal = plainSeal(await deriveKey({ secret: secret.text, place, kdf: options.kdf ?? 'fernspeak' }));
    const conversation = new Conversation({ channel, seal, store: profile.store });
    const printer = await printerFor(options, io);
    await receiveMessages({
      io,
      conversation,
      printer: printing(printer),
      signal: interruptSignal(),
      selection: options.plot === true ? plotted(options) : options,
      notices: info.notices,
      place: isKey(secret) ? null : place,
    });
  } finally {
    await channel.close();
  }
}

async function printerFor({ plot, field, raw }: ReceiveOptions, io: Io): Promise<Printer> {
  if (plot === true) {
    const { PlotPrinter } = await import('../plot/printer.ts');
    return new PlotPrinter(io, field ?? null);
  }
  return raw === true ? new RawPrinter(io) : io.json ? new JsonPrinter() : new TextPrinter(io);
}

function plotted(selection: Selection): Selection {
  return selection.last === undefined && selection.since === undefined ? { ...selection, all: true } : selection;
}

function refuseContradictions(options: ReceiveOptions): void {
  const ranges = (['all', 'last', 'since', 'follow'] as const).filter((name) => options[name] !== undefined);
  if (ranges.length > 1) throw usageError(`${ranges.map((name) => `--${name}`).join(' and ')} do not go together.`);
  if (options.field !== undefined && options.plot !== true) throw usageError('--field goes with --plot.');
  const other = (['raw', 'follow', 'files'] as const).find((name) => options[name] !== undefined);
  if (options.plot === true && other !== undefined) throw usageError(`--plot and --${other} do not go together.`);
  if (options.raw !== true) return;
  if (options.json === true) throw usageError('--raw and --json do not go together.');
  if (process.stdout.isTTY) {
    const hint = 'Send them into a file or a pipe: fernspeak receive CHANNEL --raw > FILE';
    throw usageError('--raw does not write to a terminal: the bytes could be commands to it.', hint);
  }
}
