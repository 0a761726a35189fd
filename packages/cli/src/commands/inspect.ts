import { emptyJoining, join, type Channel, type ChannelInfo, type Entry, type Unreachable } from '@fernspeak/channel';
import type { Command } from 'commander';
import { CliError, usageError } from '../errors.ts';
import { viewEntry, viewText } from '../inspect/anatomy.ts';
import { Linking } from '../inspect/links.ts';
import { duration, InspectText, type Inspected } from '../inspect/text.ts';
import { openIo, type Io } from '../io.ts';
import { newCommand, positiveNumber, withReadKey, type ChannelOptions, type GlobalOptions } from '../options.ts';
import { openReadable, profileOf, readTarget, type Target } from '../session.ts';
import { jsonLine } from '../terminal/json.ts';
import { write } from '../terminal/output.ts';
import { reportWaiting } from '../sent.ts';
import { openPrompter } from '../terminal/prompt.ts';
import { visibleLine } from '../terminal/visible.ts';

interface InspectOptions extends GlobalOptions, ChannelOptions {
  readonly entry?: number;
  readonly last?: number;
  readonly all?: boolean;
}

/** Without a choice so many of the newest entries are shown: what fits on a few screens. */
const SHOWN_ENTRIES = 10;

/** `fernspeak inspect`: what anyone without the key can read. */
export function inspectCommand(): Command {
  const command = newCommand('inspect', 'Show what anyone without the key can read of each entry, byte by byte.', [
    ['fernspeak inspect notes.csv', `the newest ${SHOWN_ENTRIES} entries`],
    ['fernspeak inspect http://127.0.0.1:8130/channels/1 --entry 7', ''],
    ['fernspeak inspect notes.csv --all --json', ''],
  ])
    .argument('<channel>', 'http(s)://HOST/channels/ID, or a file that ends in .csv')
    .option('--entry <n>', 'this one', positiveNumber)
    .option('--last <n>', 'the newest N', positiveNumber)
    .option('--all', 'all of them');
  return withReadKey(command).action(inspect);
}

async function inspect(named: string, options: InspectOptions): Promise<void> {
  const io = openIo(options);
  const target = readTarget(named);
  const chosen = (['entry', 'last', 'all'] as const).filter((name) => options[name] !== undefined);
  if (chosen.length > 1) throw usageError(`${chosen.map((name) => `--${name}`).join(' and ')} do not go together.`);
  const prompter = openPrompter(options);
  const profile = profileOf(options);
  try {
    const { channel, info } = await openReadable({ target, options, prompter, profile });
    prompter?.close();
    try {
      for (const notice of info.notices) io.warn('notice', notice);
      await reportWaiting(profile.store, channel.address, io);
      await showEntries({ io, target, channel, info, options });
    } finally {
      await channel.close();
    }
  } finally {
    prompter?.close();
    profile.close();
  }
}

interface Inspection {
  readonly io: Io;
  readonly target: Target;
  readonly channel: Channel;
  readonly info: ChannelInfo;
  readonly options: InspectOptions;
}

async function showEntries(inspection: Inspection): Promise<void> {
  const { io, info } = inspection;
  const text = new InspectText(io.style, info.fieldNames);
  const linking = new Linking();
  let joining = emptyJoining();
  let shown = 0;
  let notSealed = 0;
  for await (const entry of entriesOf(inspection)) {
    const view = viewEntry(entry);
    const { state, arrival } = join(joining, entry);
    joining = state;
    const inspected = { view, links: linking.next(view), joined: view.part === null ? null : arrival };
    if (shown === 0 && !io.json) await write(heading(inspection));
    await write(io.json ? jsonLine(record(inspected, info)) : `\n${text.entry(inspected)}`);
    shown += 1;
    if (!view.sealed) notSealed += 1;
  }
  if (shown === 0) return io.note('Nothing here.');
  if (!io.json) await write(closing(inspection, { shown, notSealed, linking }));
}

async function* entriesOf({ io, channel, info, options }: Inspection): AsyncIterable<Entry> {
  const range = options.all === true ? { after: 0 } : { last: options.last ?? SHOWN_ENTRIES };
  const warn = ({ reason }: Unreachable): void => {
    if (!info.notices.includes(reason)) io.warn('unreachable', reason);
  };
  yield* options.entry === undefined
    ? channel.read(range, { onUnreachable: warn, extras: true })
    : oneEntry(channel, options.entry);
}

async function* oneEntry(channel: Channel, wanted: number): AsyncIterable<Entry> {
  let why = `There is no entry ${wanted} here.`;
  const onUnreachable = ({ from, to, reason }: Unreachable): void => {
    if (from <= wanted && wanted <= to) why = reason;
  };
  for await (const entry of channel.read({ after: wanted - 1 }, { onUnreachable, extras: true })) {
    if (entry.id !== wanted) break;
    yield entry;
    return;
  }
  throw new CliError(why, { code: 'no-such-entry' });
}

function heading({ target, info, io }: Inspection): string {
  const name = info.name === null || target.kind === 'file' ? '' : ` “${visibleLine(info.name)}”`;
  const remark = io.style.dim('what anyone who gets hold of it can read is marked >');
  return `${target.named}${name}  ${remark}\nreadable for: ${readers(target, info)}\n`;
}

function readers(target: Target, info: ChannelInfo): string {
  if (target.kind === 'file') return 'whoever can read the file';
  if (info.public === true) return 'everybody (the channel is public)';
  return 'the relay, and whoever has a key of the channel';
}

interface Seen {
  readonly shown: number;
  readonly notSealed: number;
  readonly linking: Linking;
}

function closing({ target, info, io }: Inspection, { shown, notSealed, linking }: Seen): string {
  const lines: string[] = [];
  if (notSealed > 0) {
    const { bold, yellow } = io.style;
    const which =
      shown === 1 ? 'This entry is' : `${notSealed} of these ${shown} entries ${notSealed === 1 ? 'is' : 'are'}`;
    lines.push(
      bold(yellow(`${which} NOT SEALED: anyone can read that, and anyone who may write here can have written it.`)),
    );
  }
  if (shown > 1) lines.push(`${linking.sizes === 1 ? '1 size' : `${linking.sizes} sizes`} in these ${shown} entries`);
  if (linking.rhythm !== null) lines.push(`they come every ${duration(linking.rhythm)}: a steady rhythm`);
  if (info.lastEntryId > shown)
    lines.push(io.style.dim(`${info.lastEntryId} entries in all; --all, --last and --entry choose`));
  lines.push(
    target.kind === 'file'
      ? 'the computer that keeps the file also knows who wrote to it, and when'
      : 'the relay itself also knows the write key and the address that each entry came from',
  );
  return `\n${lines.join('\n')}\n`;
}

/** The record of `inspect --json`; `help formatting` describes it. */
function record({ view, links, joined }: Inspected, info: ChannelInfo): object {
  const whole = joined?.strings[0]?.text;
  return {
    ...view,
    fields: view.fields.map(({ field, characters, content }) => {
      return { field, name: info.fieldNames[field - 1] ?? null, characters, ...content };
    }),
    extras: view.extras.map(({ name, characters, content }) => ({ name, characters, ...content })),
    joined: whole === undefined ? null : { entries: joined?.entries, characters: whole.length, ...viewText(whole) },
    links,
  };
}
