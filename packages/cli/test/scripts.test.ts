import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runScript } from './support/script.ts';

// Each file in scripts/ is a story: commands, what they print, their exit codes (see support/script.ts).
const folder = join(import.meta.dirname, 'scripts');

for (const name of readdirSync(folder).toSorted()) {
  test(name.replace(/\.txt$/, '').replaceAll('-', ' '), (t) => runScript(t, join(folder, name)));
}
