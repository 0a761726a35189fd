// The demo with something altered under it: `node altered-demo.ts stored-character|key|python-program`.
// A process of its own, so that its exit code is the demo's.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alterStoredCharacter } from '../../scripts/demo/alter.ts';
import { play, type Interference } from '../../scripts/demo/play.ts';

/** Which step each alteration comes before: the one that has to fail. */
const ALTERATIONS: Readonly<Record<string, readonly [step: number, Interference]>> = {
  'stored-character': [3, (_, stage) => alterStoredCharacter(stage.data, stage.channel.id)],
  key: [3, (_, stage) => writeFileSync(join(stage.folder, 'shared-passphrase'), 'not-what-ada-sealed-with-at-all')],
  // the article's sender with another salt: what it seals, nobody can open with the passphrase
  'python-program': [
    7,
    (_, { sender }) => writeFileSync(sender, readFileSync(sender, 'utf8').replace('salt_', 'pepper_')),
  ],
};

const alteration = ALTERATIONS[process.argv[2] ?? ''];
if (!alteration) throw new Error('which alteration?');
const [altered, interfere] = alteration;
process.exitCode = await play((step, stage) => (step === altered ? interfere(step, stage) : undefined));
