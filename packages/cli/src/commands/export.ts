import { existsSync } from 'node:fs';
import type { FramedConversation } from '@fernspeak/conversation';
import { Option, type Command } from 'commander';
import { catchUp } from '../catch-up.ts';
import { conversationNamed, openConversation } from '../conversation.ts';
import { usageError } from '../errors.ts';
import { csvHeader, csvRow } from '../export/csv.ts';
import { alreadyThere, fileOutput, STDOUT, type Output } from '../export/output.ts';
import { openIo } from '../io.ts';
import { messageRecord, type MessageRecord } from '../listen/record.ts';
import { jsonText } from '../terminal/json.ts';
import { newCommand, withTimeout, type ChannelOptions, type GlobalOptions } from '../options.ts';
import { channelTarget, profileOf } from '../session.ts';
import { openPrompter } from '../terminal/prompt.ts';
import { visible } from '../terminal/visible.ts';

interface ExportOptions extends GlobalOptions, ChannelOptions {
  readonly format?: Format;
  readonly out?: string;
  readonly force?: boolean;
}

type Format = 'csv' | 'json';

/** `fernspeak export`: everything that was written in a conversation, opened. */
export function exportCommand(): Command {
  const command = newCommand(
    'export',
    'Write the opened messages of a conversation as CSV or JSON: readable by anyone then.',
    [
      ['fernspeak export family --out family.csv', 'for a spreadsheet; formulas in it are made harmless'],
      ['fernspeak export family --format json | jq length', ''],
    ],
  )
    .argument('<name>', 'a conversation that you made or joined')
    .addOption(
      new Option('--format <format>', 'default: as the name of the file says, else csv').choices(['csv', 'json']),
    )
    .option('--out <file>', 'a file in place of stdout (- is stdout)')
    .option('--force', 'replace the file if there is one');
  return withTimeout(command).action(exportConversation);
}

async function exportConversation(name: string, options: ExportOptions): Promise<void> {
  const io = openIo(options);
  if (channelTarget(name) !== null) {
    throw usageError(
      'export takes the name of a conversation.',
      `For a channel: fernspeak receive ${name} --all --json`,
    );
  }
  const path = options.out === '-' ? undefined : options.out;
  const format = options.format ?? (io.json || /\.json$/i.test(path ?? '') ? 'json' : 'csv');
  const prompter = openPrompter(options);
  const profile = await profileOf(options, prompter);
  try {
    const known = await conversationNamed(name, profile);
    const replace = path !== undefined && (await mayReplace(path, options, prompter));
    prompter?.close();
    const { channel, conversation } = await openConversation({ known, profile, timeout: options.timeout });
    try {
      await catchUp(conversation, io);
      const output = path === undefined ? STDOUT : await fileOutput(path, { replace });
      try {
        const count = await writeMessages(conversation, { output, format, shown: path === undefined && io.terminal });
        await output.finish();
        if (path !== undefined)
          io.note(`${count === 1 ? '1 message' : `${count} messages`} in ${path}. They are not sealed there.`);
      } finally {
        await output.discard();
      }
    } finally {
      await channel.close();
    }
  } finally {
    prompter?.close();
    profile.close();
  }
}

/** Whether a file of this name goes; a person can be asked. */
async function mayReplace(
  path: string,
  { force }: ExportOptions,
  prompter: ReturnType<typeof openPrompter>,
): Promise<boolean> {
  if (force === true) return true;
  if (!existsSync(path)) return false;
  if (prompter !== null && (await prompter.confirm(`${path} is there already. Replace it?`))) return true;
  throw alreadyThere(path);
}

interface Writing {
  readonly output: Output;
  readonly format: Format;
  /** A terminal shows it. */
  readonly shown: boolean;
}

async function writeMessages(conversation: FramedConversation, { output, format, shown }: Writing): Promise<number> {
  const put = (text: string): Promise<void> => output.write(shown ? visible(text.replaceAll('\r\n', '\n')) : text);
  const records = (await conversation.history({ after: 0 })).map((message) => messageRecord(message)).filter(isOpened);
  if (format === 'csv') {
    await put(csvHeader());
    for (const record of records) await put(csvRow(record));
  } else {
    await put('[');
    for (const [at, record] of records.entries()) await put(`${at === 0 ? '' : ','}\n${jsonText(record)}`);
    await put('\n]\n');
  }
  return records.length;
}

/** What does not open is not written: it says nothing. */
function isOpened({ kind }: MessageRecord): boolean {
  return kind !== 'none';
}
