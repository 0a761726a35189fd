import { startAppServer } from '@fernspeak/relay';
import { Option, type Command } from 'commander';
import { usageError } from '../errors.ts';
import { aborted, interruptSignal } from '../interrupt.ts';
import { openIo } from '../io.ts';
import { DEFAULT_RELAY, relayOrigin } from '../new/owner.ts';
import { newCommand, type GlobalOptions } from '../options.ts';
import { jsonLine } from '../terminal/json.ts';
import { write } from '../terminal/output.ts';
import { APP_FOLDER } from '../web/app-folder.ts';

interface WebOptions extends GlobalOptions {
  readonly port: string;
  readonly relay: string;
}

/** Beside the relay's. */
const PORT = 8131;

/** `fernspeak web`: the app from this computer, so that no relay can change it. */
export function webCommand(): Command {
  return newCommand('web', 'Serve the browser app from this computer: no relay can then change what you run.', [
    ['fernspeak web', `on http://127.0.0.1:${PORT}, always the same: the browser keeps your conversations under it`],
    ['fernspeak web --relay https://relay.example', 'new conversations are made there'],
  ])
    .option('--port <n>', 'another port is another, empty place to the browser', String(PORT))
    .addOption(
      new Option('--relay <url>', 'the relay that makes channels').env('FERNSPEAK_RELAY').default(DEFAULT_RELAY),
    )
    .action(serve);
}

async function serve({ port, relay, ...options }: WebOptions): Promise<void> {
  const io = openIo(options);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw usageError(`${port} is no port number.`, 'Give --port 8131.');
  const stop = interruptSignal();
  const server = await startAppServer({ folder: APP_FOLDER, port: Number(port), relay: relayOrigin(relay) });
  try {
    const said = `The app is at ${io.style.bold(server.url)}: open it in a browser of this computer. Ctrl-C stops it.\n`;
    await write(io.json ? jsonLine({ url: server.url, pid: process.pid }) : said);
    await aborted(stop);
  } finally {
    await server.close();
  }
}
