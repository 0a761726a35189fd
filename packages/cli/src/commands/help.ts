import type { Command } from 'commander';
import { usageError } from '../errors.ts';
import { newCommand } from '../options.ts';
import { write } from '../terminal/output.ts';
import { TOPICS } from '../topics.ts';

/** `fernspeak help`: the pages that belong to no single command. `overview` gives the list of all commands. */
export function helpCommand(overview: () => Command): Command {
  const topics = Object.keys(TOPICS);
  return newCommand('help', 'Help for a command or a topic.', [
    ['fernspeak help exit-codes', 'what a script can rely on'],
    ['fernspeak help environment', 'variables and folders'],
    ['fernspeak help formatting', 'how text and JSON look'],
    ['fernspeak send --help', 'the options of a command'],
  ])
    .argument('[topic]', topics.join(', '))
    .action(async (topic?: string) => {
      if (topic === undefined) return overview().outputHelp();
      const page = TOPICS[topic];
      if (page !== undefined) return write(page());
      if (overview().commands.some((command) => command.name() === topic)) return write(`fernspeak ${topic} --help\n`);
      throw usageError('There is no such topic.', `Topics: ${topics.join(', ')}. Commands have --help.`);
    });
}
