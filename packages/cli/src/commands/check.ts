import type { Command } from 'commander';
import { onConversation } from '../conversation.ts';
import { CliError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { jsonLine } from '../terminal/json.ts';
import { newCommand, withTimeout, type GlobalOptions } from '../options.ts';
import { write } from '../terminal/output.ts';
import { visibleLine } from '../terminal/visible.ts';

/** `fernspeak check`: the whole log once more. */
export function checkCommand(): Command {
  const command = newCommand('check', 'Read a conversation again from its beginning, and say what is wrong with it.', [
    ['fernspeak check family', 'what the relay has put right since is not held against it any more'],
    ['fernspeak check family --json | jq .findings', ''],
  ]).argument('<name>', 'the conversation');
  return withTimeout(command).action(check);
}

async function check(name: string, options: GlobalOptions & { readonly timeout: number }): Promise<void> {
  await onConversation(name, options, async ({ conversation }, io) => {
    const { adopted, withheld, findings } = await conversation.check({ signal: interruptSignal() });
    if (io.json) await write(jsonLine({ adopted, withheld, findings }));
    else await write(findings.map(({ code, sentence }) => `! ${visibleLine(sentence)} [${code}]\n`).join(''));
    if (!adopted) io.warn('withheld', shortened(withheld));
    const codes: string[] = findings.map(({ code }) => code);
    conclude(codes.length === 0 && withheld > 0 ? ['withheld'] : codes, io);
  });
}

function shortened(withheld: number): string {
  const what = withheld === 1 ? 'a message' : `${withheld} messages`;
  return `The channel gives less than it did: ${what} that this device has received ${withheld === 1 ? 'is' : 'are'} not there now. What was noticed before stays.`;
}

/** Findings are a failure: scripts see them by the exit code. */
function conclude(codes: readonly string[], io: Io): void {
  if (codes.length === 0) return io.note('Nothing is wrong with what the channel gives now.');
  const count = codes.length === 1 ? 'One thing is' : `${codes.length} things are`;
  throw new CliError(`${count} wrong with this conversation.`, {
    code: 'findings',
    exit: codes.includes('cloned') ? EXIT.identity : EXIT.failed,
    hint: 'docs/findings.md in the source has a page for each: who may have caused it, and what to do.',
  });
}
