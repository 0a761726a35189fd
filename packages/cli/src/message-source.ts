import { CliError, usageError } from './errors.ts';
import type { Prompter } from './terminal/prompt.ts';

/** Sealed, more could not be joined again (a message is at most 4 MiB then): reading on would only fill the memory. */
const INPUT_BYTES = 4 * 1024 * 1024;

/** Where the message comes from: the argument, stdin, or somebody at a terminal. */
export type MessageSource = { readonly kind: 'argument'; readonly text: string } | { readonly kind: 'stdin' | 'ask' };

/** Decides it; a usage error where nothing can come. `onStdin`: what else comes from there, a key say. */
export function messageSource(text: string | undefined, asks: boolean, onStdin: 'key' | 'link' | null): MessageSource {
  if (text !== undefined && text !== '-') return { kind: 'argument', text };
  if (text === '-' || !process.stdin.isTTY) {
    if (onStdin !== null) {
      const hint = onStdin === 'key' ? 'Give the key by --key-file FILE.' : 'Give the message as an argument.';
      throw usageError(`The ${onStdin} and the message cannot both come from stdin.`, hint);
    }
    return { kind: 'stdin' };
  }
  if (asks) return { kind: 'ask' };
  throw usageError('There is no message.', 'Give it as an argument or on stdin: echo hello | fernspeak send CHANNEL');
}

/** The message's bytes: stdin as they are, everything else in UTF-8. */
export async function readMessage(source: MessageSource, prompter: Prompter | null): Promise<Uint8Array> {
  if (source.kind === 'argument') return new TextEncoder().encode(source.text);
  if (source.kind === 'stdin') return readStdin();
  const line = (await prompter?.line('Message: ')) ?? '';
  if (line === '') throw new CliError('Nothing was written, so nothing was sent.', { code: 'cancelled' });
  return new TextEncoder().encode(line);
}

async function readStdin(): Promise<Uint8Array> {
  if (process.stdin.isTTY) process.stderr.write('The message ends with Ctrl-D on a line of its own.\n');
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > INPUT_BYTES) {
      throw new CliError(`The message is longer than ${INPUT_BYTES / 1024 / 1024} MiB: no channel takes that.`, {
        code: 'refused',
        hint: 'Send something shorter, in several messages.',
      });
    }
  }
  return Buffer.concat(chunks, length);
}
