import { createHash } from 'node:crypto';
import { findPython, NEEDS_PYTHON, run } from '@fernspeak/test';
import { alterStoredCharacter } from './alter.ts';
import type { Stage } from './stage.ts';
import { TALK } from './talk.ts';

/** One number of the demo. It prints what happened and gives whether that is as it should be. */
export interface Step {
  readonly title: string;
  readonly play: (stage: Stage, show: (line: string) => void) => Promise<boolean | 'skipped'>;
}

const QUESTION = 'Are we still on for six?';
const LONG_MESSAGE = Buffer.from(
  'Three thousand bytes are more than one entry of ThingSpeak holds. '.repeat(46).slice(0, 3000),
);
/** What somebody with another key reads, whatever the number of messages. */
const NOTHING_OPENS = /None of the \d+ messages here opens with this key: [^\n]*/;
/** Exit code of `receive` when nothing there opens with the key (`fernspeak help exit-codes`). */
const NOTHING_OPENS_CODE = 8;

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const shortened = (sealed: string): string => `${sealed.slice(0, 32)}…`;

interface SentLine {
  readonly entryId: number;
  readonly sealed: string;
}

async function send(stage: Stage, text: string | Uint8Array, flags = stage.sharedKey): Promise<SentLine | null> {
  const sent = await stage.as('ada', ['send', stage.channel.address, '--json', ...flags, ...stage.writeKey], text);
  return sent.code === 0 ? (JSON.parse(sent.stdout) as SentLine) : null;
}

const adaSends: Step = {
  title: `Ada sends                $ fernspeak send …/channels/1 "${QUESTION}"`,
  play: async (stage, show) => {
    const sent = await send(stage, QUESTION);
    if (!sent) return false;
    show(`sealed ${shortened(sent.sealed)}  ${sent.sealed.length} characters → entry ${sent.entryId}`);
    return sent.entryId === 1 && sent.sealed.startsWith('gAAAA');
  },
};

/** A process of its own that fetches a URL, as curl would, where curl may not be installed. */
const GET = 'process.stdout.write(await (await fetch(process.argv[1])).text())';

const theMiddleLooks: Step = {
  title: 'What the middle sees     GET …/channels/1/feeds.csv',
  play: async (stage, show) => {
    const feed = await run(process.execPath, ['--input-type=module', '-e', GET, `${stage.channel.address}/feeds.csv`]);
    const row = feed.stdout.split('\n').at(1) ?? '';
    show(row.slice(0, 60) + (row.length > 60 ? '…' : ''));
    const inspected = await stage.as('mallory', ['inspect', stage.channel.address]);
    show('readable without the key: when it was stored, when it was sealed, its size. Nothing else.');
    return (
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC,1,gAAAA/.test(row) &&
      inspected.code === 0 &&
      ![feed.stdout, inspected.stdout].some((seen) => seen.includes('six'))
    );
  },
};

const bobReceives: Step = {
  title: 'Bob receives             $ fernspeak receive …/channels/1',
  play: async (stage, show) => {
    const received = await stage.as('bob', ['receive', stage.channel.address, ...stage.sharedKey]);
    show((received.stdout || received.stderr).trim());
    return received.code === 0 && received.stdout === `${QUESTION}\n`;
  },
};

const malloryTries: Step = {
  title: 'Mallory, wrong key',
  play: async (stage, show) => {
    const wrong = ['--key-file', stage.secretFile('wrong-key', 'mellow-quartz-harbour-tulip-anvil-sparrow')];
    const refused = await stage.as('mallory', ['receive', stage.channel.address, ...wrong]);
    show(`${NOTHING_OPENS.exec(refused.stderr)?.[0] ?? refused.stderr.trim()}  (exit ${refused.code})`);
    return refused.code === NOTHING_OPENS_CODE && refused.stdout === '' && NOTHING_OPENS.test(refused.stderr);
  },
};

const longMessage: Step = {
  title: '3,000 bytes',
  play: async (stage, show) => {
    const sent = await send(stage, LONG_MESSAGE);
    if (!sent) return false;
    const received = await stage.as('bob', ['receive', stage.channel.address, '--raw', ...stage.sharedKey]);
    const whole = sha256(received.stdout) === sha256(LONG_MESSAGE);
    show(
      `${sent.sealed.length} characters → entry ${sent.entryId}, ${whole ? 'whole again: same SHA-256' : 'NOT the same again'}`,
    );
    return whole;
  },
};

const oneCharacterChanged: Step = {
  title: 'One character changed',
  play: async (stage, show) => {
    alterStoredCharacter(stage.data, stage.channel.id);
    const altered = await stage.as('cleo', ['receive', stage.channel.address, '--last', '1', ...stage.sharedKey]);
    const refused = altered.code === NOTHING_OPENS_CODE && altered.stdout === '';
    show(`${refused ? 'refused, nothing shown' : `shown: ${altered.stdout}`}  (exit ${altered.code})`);
    return refused;
  },
};

const articlePrograms: Step = {
  title: 'The article’s own programs, in Python',
  play: async (stage, show) => {
    const python = findPython();
    if (!python) {
      show(`SKIPPED: ${NEEDS_PYTHON}`);
      return 'skipped';
    }
    const key = ['--kdf', 'article', '--key-file', stage.secretFile('article-passphrase', 'qwerty')];

    await run(python.command, [stage.sender], { input: 'hello from 2020\nqwerty\n' });
    const ours = await stage.as('bob', ['receive', stage.channel.address, '--last', '1', ...key]);
    show(`sender.py → fernspeak receive    ${JSON.stringify(ours.stdout.trim())}`);

    await send(stage, 'hello from today', key);
    const theirs = await run(python.command, [stage.receiver], { input: 'qwerty\n' });
    const opened = theirs.stdout.replace('Key: ', '').trim();
    show(`fernspeak send → receiver.py     ${JSON.stringify(opened)}`);
    return ours.stdout === 'hello from 2020\n' && opened === 'hello from today';
  },
};

export const STEPS: readonly Step[] = [
  adaSends,
  theMiddleLooks,
  bobReceives,
  malloryTries,
  longMessage,
  oneCharacterChanged,
  articlePrograms,
  ...TALK,
];
