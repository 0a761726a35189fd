import { RELAY_OPTIONS, readRelayOptions, startRelay, type Relay, type RelayOption } from '@fernspeak/relay';
import { Option, type Command } from 'commander';
import { aborted, interruptSignal } from '../interrupt.ts';
import { openIo, type Io } from '../io.ts';
import { newCommand, type GlobalOptions } from '../options.ts';
import { jsonLine } from '../terminal/json.ts';
import { write } from '../terminal/output.ts';
import { APP_FOLDER } from '../web/app-folder.ts';

/** `fernspeak relay`: a server that stores and passes on, and cannot read. */
export function relayCommand(): Command {
  const command = newCommand(
    'relay',
    'Run a relay: it stores sealed messages and passes them on, and cannot read them.',
    [
      ['fernspeak relay', 'for this computer, everything in ./data'],
      ['fernspeak relay --port 0 --json', 'any free port; says which in one line of JSON'],
      ['fernspeak relay --host 0.0.0.0 --public-url https://relay.example', 'behind a proxy, for others'],
    ],
  );
  for (const option of RELAY_OPTIONS) command.addOption(flagOf(option));
  return command.action(runRelay);
}

/** The values are read by `readRelayOptions`, from flags and environment alike. */
function flagOf({ flag, env, type, help, default: value, unit }: RelayOption): Option {
  const about = [value === null || value === false ? '' : `default: ${value}`, unit ?? '', `env: ${env}`];
  const description = `${help} (${about.filter((part) => part !== '').join(', ')})`;
  return new Option(type === 'switch' ? flag : `${flag} <${type === 'number' ? 'n' : 'value'}>`, description);
}

async function runRelay(options: GlobalOptions): Promise<void> {
  const io = openIo(options);
  const settings = readRelayOptions({ ...options }, process.env);
  const logFormat = settings.logFormat ?? (process.stderr.isTTY ? 'pretty' : 'json');
  const stop = interruptSignal();
  const relay = await startRelay({ web: APP_FOLDER, ...settings, logFormat });
  try {
    const reached = settings.publicUrl?.replace(/\/$/, '') ?? relay.url;
    const app = settings.web === 'none' ? null : reached;
    const data = settings.data ?? defaultOf('data');
    await write(io.json ? readyRecord(relay, app) : readyText(relay, { data, app, io }));
    await aborted(stop);
  } finally {
    await relay.close();
  }
}

function defaultOf(name: RelayOption['name']): string {
  return String(RELAY_OPTIONS.find((option) => option.name === name)?.default);
}

/** One line, so that whoever started the relay knows that it is ready and where. */
function readyRecord({ url, port, firstUserKey }: Relay, app: string | null): string {
  const owner =
    firstUserKey === null ? {} : { userKey: firstUserKey, ownersLink: app && ownersLink(app, firstUserKey) };
  return jsonLine({ url, port, pid: process.pid, ...owner });
}

/** Opens the app with the right to create. What stands behind the `#` goes to no server. */
function ownersLink(app: string, userKey: string): string {
  return `${app}/#owner.${userKey}`;
}

interface Ready {
  readonly data: string;
  /** Where the app is served; null: it is not. */
  readonly app: string | null;
  readonly io: Io;
}

function readyText({ url, firstUserKey }: Relay, { data, app, io: { style } }: Ready): string {
  const owner = firstUserKey === null ? '' : ' -d api_key=USER_KEY';
  const lines = [
    `A relay runs on ${style.bold(url)}. Ctrl-C stops it; everything is kept in ${data}`,
    '',
    ...(app === null ? [] : [`  the app                        ${app}`]),
    `  a new channel, with its keys   curl ${url}/channels.json -d public_flag=true${owner}`,
    `  write to it                    fernspeak send ${url}/channels/ID --write-key-file FILE`,
    `  what the relay can read        fernspeak inspect ${url}/channels/ID`,
  ];
  if (firstUserKey !== null) {
    lines.push('', `  Its user key, which makes and changes channels, is shown this once: ${style.bold(firstUserKey)}`);
    if (app !== null)
      lines.push(`  It is in your own link to the app, too, which is a secret: ${ownersLink(app, firstUserKey)}`);
  }
  return `${lines.join('\n')}\n\n`;
}
