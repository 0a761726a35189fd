import { parseAddress } from '@fernspeak/channel';
import type { Message } from '@fernspeak/conversation';
import type { Io } from '../io.ts';
import { openStatusLine, QUIET_MS } from '../terminal/progress.ts';
import type { Prompter } from '../terminal/prompt.ts';
import type { Printer } from './printer.ts';

/** What else appears while a channel is asked goes through these: the line that says so is gone by then. */
interface Asking {
  readonly io: Io;
  readonly prompter: Prompter | null;
  printing<M extends Message>(printer: Printer<M>): Printer<M>;
}

/** Says on a terminal which host is asked, until something comes; a file answers at once. */
export async function whileAsking(
  address: string,
  { io, prompter }: Pick<Asking, 'io' | 'prompter'>,
  work: (asking: Asking) => Promise<void>,
): Promise<void> {
  const line = openStatusLine(io);
  const ask = (): void => line.show(`Asking ${new URL(address).host} …`);
  const slow = parseAddress(address).kind === 'file' ? undefined : setTimeout(ask, QUIET_MS);
  const answered = (): void => {
    clearTimeout(slow);
    line.clear();
  };
  const after =
    <Given extends unknown[], Result>(act: (...given: Given) => Result) =>
    (...given: Given): Result => {
      answered();
      return act(...given);
    };
  try {
    await work({
      io: { ...io, note: after(io.note), warn: after(io.warn) },
      prompter: prompter && { ...prompter, hidden: after(prompter.hidden) },
      printing: (printer) => ({
        print: after((message) => printer.print(message)),
        finish: after((opened) => printer.finish(opened)),
      }),
    });
  } finally {
    answered();
  }
}
