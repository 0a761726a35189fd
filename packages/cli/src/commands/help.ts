import type { Command } from 'commander';
import { usageError } from '../errors.ts';
import { newCommand } from '../options.ts';
import { write } from '../terminal/output.ts';
import { TOPICS } from '../topics.ts';

/** What `help` shows of the commands: the list of all, and one of them by its name (null: there is none). */
export interface HelpSource {
  overview(): Command;
  command(name: string): Promise<Command | null>;
}

/** `fernspeak help`: the pages that belong to no single command, and the help of each. */
export function helpCommand(source: HelpSource): Command {
  const topics = Object.keys(TOPICS);
  return newCommand('help', 'Help for a command or a topic.', [
    ['fernspeak help exit-codes', 'what a script can rely on'],
    ['fernspeak help environment', 'variables and folders'],
    ['fernspeak help formatting', 'how text and JSON look'],
    ['fernspeak send --help', 'the options of a command'],
  ])
    .argument('[topic]', topics.join(', '))
    .action(async (topic?: string) => {
      if (topic === undefined) return source.overview().outputHelp();
      const page = TOPICS[topic];
      if (page !== undefined) return write(page());
      const command = await source.command(topic);
      if (command !== null) return command.outputHelp();
      throw usageError('There is no such topic.', `Topics: ${topics.join(', ')}. Commands have --help.`);
    });
}
