import { CommanderError, type Command } from 'commander';
import { usageError } from './errors.ts';
import { newCommand, PROGRAM, withGlobals, type GlobalOptions } from './options.ts';
import { refuseSecrets } from './secrets.ts';
import { write } from './terminal/output.ts';

/** The commands, in the order of the help. Each is loaded when it is called: none pays for another. */
const COMMANDS: Readonly<Record<string, { readonly summary: string; readonly load: () => Promise<Command> }>> = {
  send: {
    summary: 'seal a message and store it on a channel',
    load: async () => (await import('./commands/send.ts')).sendCommand(),
  },
  receive: {
    summary: 'show what was not received from a channel yet',
    load: async () => (await import('./commands/receive.ts')).receiveCommand(),
  },
  chat: {
    summary: 'talk: what comes appears above the line that you type',
    load: async () => (await import('./commands/chat.ts')).chatCommand(),
  },
  listen: {
    summary: 'give each message to a program as it comes',
    load: async () => (await import('./commands/listen.ts')).listenCommand(),
  },
  new: {
    summary: 'make a conversation',
    load: async () => (await import('./commands/new.ts')).newConversationCommand(),
  },
  invite: {
    summary: 'make a link by which somebody joins',
    load: async () => (await import('./commands/invite.ts')).inviteCommand(),
  },
  join: {
    summary: 'join a conversation by a link',
    load: async () => (await import('./commands/join.ts')).joinCommand(),
  },
  list: {
    summary: 'show the conversations of this profile',
    load: async () => (await import('./commands/list.ts')).listCommand(),
  },
  members: {
    summary: 'show who is in a conversation',
    load: async () => (await import('./commands/members.ts')).membersCommand(),
  },
  verify: {
    summary: 'compare numbers with a member: is it really them?',
    load: async () => (await import('./commands/verify.ts')).verifyCommand(),
  },
  check: {
    summary: 'read everything again, and say what is wrong',
    load: async () => (await import('./commands/check.ts')).checkCommand(),
  },
  inspect: {
    summary: 'show what anyone without the key can read',
    load: async () => (await import('./commands/inspect.ts')).inspectCommand(),
  },
  export: {
    summary: 'write the opened messages of a conversation as CSV or JSON',
    load: async () => (await import('./commands/export.ts')).exportCommand(),
  },
  forget: {
    summary: 'delete a conversation from this profile',
    load: async () => (await import('./commands/forget.ts')).forgetCommand(),
  },
  backup: {
    summary: 'save your conversations to a recovery file',
    load: async () => (await import('./commands/backup.ts')).backupCommand(),
  },
  restore: {
    summary: 'go on with the conversations of a recovery file',
    load: async () => (await import('./commands/restore.ts')).restoreCommand(),
  },
  key: { summary: 'make a new key', load: async () => (await import('./commands/key.ts')).keyCommand() },
  passphrase: {
    summary: 'suggest a passphrase of six words',
    load: async () => (await import('./commands/passphrase.ts')).passphraseCommand(),
  },
  relay: {
    summary: 'run a relay that stores and passes on, and cannot read',
    load: async () => (await import('./commands/relay.ts')).relayCommand(),
  },
  web: {
    summary: 'serve the browser app from this computer',
    load: async () => (await import('./commands/web.ts')).webCommand(),
  },
  help: {
    summary: 'help for a command or a topic',
    load: async () => (await import('./commands/help.ts')).helpCommand({ overview, command }),
  },
};

/** Options that look as if a secret followed them, and say only that one is asked for. */
const SWITCHES: Readonly<Record<string, readonly string[]>> = { new: ['--passphrase'] };

/** Options whose value is the next argument and that may stand before the command's name. */
const GLOBALS_WITH_VALUE: ReadonlySet<string> = new Set([
  '--home',
  '--as',
  '--color',
  '--profile-passphrase-file',
  '--profile-passphrase-fd',
]);

/** Runs what a command line asks for. Rejects with what `exitCodeOf` knows. */
export async function runCommand(args: readonly string[]): Promise<void> {
  const at = nameIndex(args);
  const name = args[at];
  refuseSecrets(args, name === undefined ? [] : SWITCHES[name]);
  try {
    const known = name === undefined ? null : await command(name);
    if (known === null) return await runOverview(args);
    await known.parseAsync(args.toSpliced(at, 1), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usageErrorOf(error, name);
  }
}

async function command(name: string): Promise<Command | null> {
  return Object.hasOwn(COMMANDS, name) ? withGlobals(await (COMMANDS[name]?.load() as Promise<Command>)) : null;
}

/** The options of all commands, read leniently: for reporting a command line that could not be parsed. */
export function globalsOf(args: readonly string[]): GlobalOptions {
  const options = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  const never = options.includes('--color=never') || options[options.indexOf('--color') + 1] === 'never';
  return { json: options.includes('--json'), debug: options.includes('--debug'), ...(never ? { color: 'never' } : {}) };
}

function nameIndex(args: readonly string[]): number {
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at] ?? '';
    if (GLOBALS_WITH_VALUE.has(argument)) at += 1;
    else if (!argument.startsWith('-')) return at;
  }
  return -1;
}

/** All commands by name, without their options. */
function overview(): Command {
  const program = newCommand(PROGRAM, 'End-to-end encrypted messages over any channel you do not trust.', [
    ['fernspeak send notes.csv', 'asks for a message and a key or passphrase, seals it, stores it'],
    ['fernspeak receive notes.csv', 'asks for the same key, shows what is new'],
    ['fernspeak new family', 'makes a conversation: signed messages; then invite, join, chat'],
    ['fernspeak inspect notes.csv', 'what anyone in between can read'],
    ['fernspeak relay', 'a relay on this computer, for more than a file'],
  ]);
  for (const [name, { summary }] of Object.entries(COMMANDS)) program.command(name).summary(summary);
  return withGlobals(program.helpCommand(false)).option('-V, --version', 'versions of everything');
}

async function runOverview(args: readonly string[]): Promise<void> {
  if (args.length > 0) return void (await overview().parseAsync([...args], { from: 'user' }));
  const options = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`);
  const examples =
    '  $ fernspeak send notes.csv      asks for a message and a key or passphrase\n  $ fernspeak receive notes.csv   asks for the same key\n  $ fernspeak new family          a conversation; then invite, join, chat\n';
  return write(
    `End-to-end encrypted messages over any channel you do not trust.\n\n${examples}\n${options.join('\n')}\n\nfernspeak COMMAND --help has examples and options.\n`,
  );
}

/** commander's complaint in our form, without the values that it repeats. */
function usageErrorOf(error: CommanderError, name: string | undefined): Error {
  if (error.code === 'commander.help') return usageError('There is no command.', 'fernspeak --help shows them.');
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const message = first.replace(/(option '--?[\w-]+)=[^']*'/, "$1'").replace(/( but got \d+):.*/, '$1');
  const suggestion = /Did you mean (.*)\?/.exec(rest.join(' '))?.[1];
  const help = name !== undefined && name in COMMANDS ? `fernspeak ${name} --help` : 'fernspeak --help';
  const hint = suggestion === undefined ? `${help} shows how it is used.` : `Did you mean ${suggestion}?`;
  return usageError(`${message.charAt(0).toUpperCase()}${message.slice(1)}.`.replace('..', '.'), hint);
}
