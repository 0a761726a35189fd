import {
  emptyJoining,
  join,
  parseAddress,
  type Arrival,
  type Channel,
  type ChannelInfo,
  type Entry,
  type Unreachable,
} from '@fernspeak/channel';
import { LEAK_WINDOW, leaksOf, Linking, viewEntry, viewText, type Leaks } from '@fernspeak/channel/outside';
import { deriveKey } from '@fernspeak/conversation';
import type { Profile } from '@fernspeak/conversation/profile';
import type { Command } from 'commander';
import { catchUp } from '../catch-up.ts';
import { conversationMeant, openConversation } from '../conversation.ts';
import { CliError, usageError } from '../errors.ts';
import { leaksLine } from '../inspect/leaks.ts';
import { framedOpener, plainOpener, type OpenedView, type Opener } from '../inspect/opening.ts';
import { duration, InspectText, type Inspected } from '../inspect/text.ts';
import { beside, fitBeside, openedLines, rightWidth } from '../inspect/two-views.ts';
import { openIo, type Io } from '../io.ts';
import { newCommand, positiveNumber, withKey, withReadKey } from '../options.ts';
import type { ChannelOptions, GlobalOptions, KeyOptions } from '../options.ts';
import { keyOrPassphrase, keySource, warnAboutKdf } from '../secret.ts';
import { refuseKeyOptions } from '../send/framed.ts';
import { reportWaiting } from '../sent.ts';
import { channelTarget, givenKeys, openReadable, profileOf, type Target } from '../session.ts';
import { jsonLine } from '../terminal/json.ts';
import { write } from '../terminal/output.ts';
import { openPrompter, type Prompter } from '../terminal/prompt.ts';
import { visibleLine } from '../terminal/visible.ts';

interface InspectOptions extends GlobalOptions, KeyOptions, ChannelOptions {
  /** Asks for the key. */
  readonly open?: boolean;
  readonly entry?: number;
  readonly last?: number;
  readonly all?: boolean;
}

/** Without a choice so many of the newest entries are shown: what fits on a few screens. */
const SHOWN_ENTRIES = 10;

/** `fernspeak inspect`: what anyone without the key can read, and beside it what it is to whoever has it. */
export function inspectCommand(): Command {
  const command = newCommand('inspect', 'Show what anyone without the key can read of each entry, byte by byte.', [
    ['fernspeak inspect notes.csv', `the newest ${SHOWN_ENTRIES} entries`],
    ['fernspeak inspect http://127.0.0.1:8130/channels/1 --entry 7', ''],
    ['fernspeak inspect family', 'beside it what it is to you, who have the key'],
    ['fernspeak inspect notes.csv --key-file family.key', 'the same for a channel'],
    ['fernspeak inspect notes.csv --all --json', ''],
  ])
    .argument('<name>', 'a conversation, http(s)://HOST/channels/ID, or a file that ends in .csv')
    .option('--entry <n>', 'this one', positiveNumber)
    .option('--last <n>', 'the newest N', positiveNumber)
    .option('--all', 'all of them')
    .option('--open', 'ask for the key of a channel, to see both');
  return withReadKey(withKey(command)).action(inspect);
}

async function inspect(named: string, options: InspectOptions): Promise<void> {
  const io = openIo(options);
  const target = channelTarget(named);
  const chosen = (['entry', 'last', 'all'] as const).filter((name) => options[name] !== undefined);
  if (chosen.length > 1) throw usageError(`${chosen.map((name) => `--${name}`).join(' and ')} do not go together.`);
  const prompter = openPrompter(options);
  const profile = await profileOf(options, prompter);
  try {
    const opening = { options, profile, prompter, io };
    const inspected = target === null ? await openByName(named, opening) : await openByAddress(target, opening);
    prompter?.close();
    const { channel, info } = inspected;
    try {
      for (const notice of info.notices) io.warn('notice', notice);
      await showEntries({ io, options, ...inspected });
    } finally {
      await channel.close();
    }
  } finally {
    prompter?.close();
    profile.close();
  }
}

interface Opening {
  readonly options: InspectOptions;
  readonly profile: Profile;
  readonly prompter: Prompter | null;
  readonly io: Io;
}

interface Opened {
  readonly target: Target;
  readonly channel: Channel;
  readonly info: ChannelInfo;
  /** Null: there is no key. */
  readonly opener: Opener | null;
}

async function openByName(name: string, { options, profile, prompter, io }: Opening): Promise<Opened> {
  refuseKeyOptions(name, options);
  const known = await conversationMeant(name, { io, prompter, profile });
  const { timeout } = options;
  const { channel, conversation } = await openConversation({ known, profile, timeout, given: givenKeys(options) });
  await catchUp(conversation, io);
  const target = { ...parseAddress(known.about.address), named: known.about.name };
  return { target, channel, info: await channel.info(), opener: await framedOpener(known, conversation) };
}

async function openByAddress(target: Target, { options, profile, prompter, io }: Opening): Promise<Opened> {
  const { file, fd } = keySource(options);
  const withKey = options.open === true || file !== undefined || fd !== undefined;
  const secret = withKey ? await keyOrPassphrase(options, prompter) : null;
  if (secret !== null) warnAboutKdf(options, secret, io);
  const { channel, info } = await openReadable({ target, options, prompter, profile });
  await reportWaiting(profile.store, channel.address, io);
  if (secret === null) return { target, channel, info, opener: null };
  const { place = channel.place, kdf = 'fernspeak' } = options;
  return { target, channel, info, opener: plainOpener(await deriveKey({ secret: secret.text, place, kdf })) };
}

interface Inspection extends Opened {
  readonly io: Io;
  readonly options: InspectOptions;
}

async function showEntries(inspection: Inspection): Promise<void> {
  const { io, info, opener } = inspection;
  const columns = io.terminal ? process.stdout.columns : 0;
  const isBeside = opener !== null && fitBeside(columns);
  const text = new InspectText(io.style, info.fieldNames, !isBeside);
  const linking = new Linking();
  const leaks = await leaksIn(inspection);
  let joining = emptyJoining();
  let shown = 0;
  let notSealed = 0;
  for await (const entry of entriesOf(inspection)) {
    const view = viewEntry(entry);
    const { state, arrival } = join(joining, entry);
    joining = state;
    const inspected = { view, links: linking.next(view), joined: view.part === null ? null : arrival };
    const opened = opener === null ? null : await openAll(opener, arrival);
    if (shown === 0 && !io.json) await write(heading(inspection));
    if (io.json) await write(jsonLine(record(inspected, { info, opened, leaks })));
    else if (isBeside) {
      const right = openedLines(opened ?? [], { style: io.style, width: rightWidth(columns) });
      await write(`\n${beside(text.entry(inspected), right)}`);
    } else {
      const below = openedLines(opened ?? [], { style: io.style, width: columns === 0 ? Infinity : columns - 1 });
      await write(`\n${[...text.entry(inspected), ...below].join('\n')}\n`);
    }
    shown += 1;
    if (!view.sealed) notSealed += 1;
  }
  if (shown === 0) return io.note('Nothing here.');
  if (!io.json) await write(closing(inspection, { shown, notSealed, linking, leaks }));
}

/** What an entry by itself holds, or what it completes. */
async function openAll(opener: Opener, arrival: Arrival | null): Promise<OpenedView[]> {
  const views: OpenedView[] = [];
  for (const { text } of arrival?.strings ?? []) views.push(await opener(text, arrival?.entry.id ?? 0));
  return views;
}

/** What the newest entries give away, whichever of them are shown. */
async function leaksIn({ channel, target }: Inspection): Promise<Leaks> {
  const newest: Entry[] = [];
  for await (const entry of channel.read({ last: LEAK_WINDOW }, { extras: true })) newest.push(entry);
  return leaksOf(newest, { requests: target.kind !== 'file' });
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
  readonly leaks: Leaks;
}

function closing({ target, info, io }: Inspection, { shown, notSealed, linking, leaks }: Seen): string {
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
    leaksLine(leaks),
  );
  return `\n${lines.join('\n')}\n`;
}

/** The record of `inspect --json`; `help formatting` describes it. */
function record(
  { view, links, joined }: Inspected,
  { info, opened, leaks }: { info: ChannelInfo; opened: OpenedView[] | null; leaks: Leaks },
): object {
  const whole = joined?.strings[0]?.text;
  return {
    ...view,
    fields: view.fields.map(({ field, characters, content }) => {
      return { field, name: info.fieldNames[field - 1] ?? null, characters, ...content };
    }),
    extras: view.extras.map(({ name, characters, content }) => ({ name, characters, ...content })),
    joined: whole === undefined ? null : { entries: joined?.entries, characters: whole.length, ...viewText(whole) },
    links,
    leaks,
    ...(opened === null ? {} : { opened }),
  };
}
