import type { Command } from 'commander';
import { Chat } from '../chat/chat.ts';
import { PlainScreen, TerminalScreen, type Screen } from '../chat/screen.ts';
import { ChatText } from '../chat/text.ts';
import { conversationNamed, openConversation } from '../conversation.ts';
import { usageError } from '../errors.ts';
import { interruptSignal } from '../interrupt.ts';
import { openIo, type Io } from '../io.ts';
import { framedSource } from '../listen/sources.ts';
import { newCommand, withTimeout, type ChannelOptions, type GlobalOptions } from '../options.ts';
import { channelTarget, profileOf } from '../session.ts';
import { openPrompter } from '../terminal/prompt.ts';

interface ChatCommandOptions extends GlobalOptions, ChannelOptions {
  /** False with `--no-acknowledge`. */
  readonly acknowledge: boolean;
}

/** `fernspeak chat`: a conversation, live. */
export function chatCommand(): Command {
  const command = newCommand('chat', 'Talk: what comes appears above the line that you type.', [
    ['fernspeak chat family', '/help shows what can be done there; Ctrl-D ends'],
    ['printf "%s\\n" one two | fernspeak chat family', 'a message for each line'],
  ])
    .argument('<name>', 'a conversation that you made or joined')
    .option('--no-acknowledge', 'do not tell the others by itself what this device has');
  return withTimeout(command).action(chat);
}

async function chat(name: string, options: ChatCommandOptions): Promise<void> {
  const io = openIo(options);
  if (io.json) throw usageError('chat is for people.', 'listen and send have --json.');
  if (channelTarget(name) !== null) {
    throw usageError('chat takes the name of a conversation.', `fernspeak new NAME ${name} makes one there.`);
  }
  const prompter = openPrompter(options);
  const profile = await profileOf(options, prompter);
  try {
    const known = await conversationNamed(name, profile);
    const { timeout, acknowledge } = options;
    const { channel, conversation } = await openConversation({ known, profile, timeout });
    prompter?.close();
    const signal = interruptSignal();
    const screen = openScreen(io);
    try {
      await new Chat({
        name,
        conversation,
        source: framedSource(conversation, acknowledge),
        received: await profile.store.received(known.id),
        screen,
        text: new ChatText({ style: io.style, name, columns: () => (io.terminal ? process.stdout.columns : 0) }),
        signal,
        timeoutMs: timeout * 1000,
      }).run();
    } finally {
      screen.close();
      await channel.close();
    }
  } finally {
    prompter?.close();
    profile.close();
  }
}

function openScreen(io: Io): Screen {
  const { stdin } = process;
  const movable = stdin.isTTY && io.terminal && process.env['TERM'] !== 'dumb';
  if (stdin.isTTY) stdin.ref(); // asking for a passphrase may have let go of it
  return movable ? new TerminalScreen(stdin, io.style.dim) : new PlainScreen(stdin);
}
