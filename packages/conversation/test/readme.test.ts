import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run, temporaryFolder } from '@fernspeak/test';

test('the README’s first program runs as it stands there', async (t) => {
  const readme = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');
  const [, program = ''] = /```ts\n([^]*?)```/.exec(readme) ?? [];
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { ...process.env, FERNSPEAK_HOME: temporaryFolder(t) },
    onStart: (child) => {
      let told = '';
      child.stdout?.on('data', (data) => {
        told += String(data);
        if (told.includes('six')) child.kill();
      });
    },
  });
  assert.equal(stdout, 'Ada \nAda Are we still on for six?\n', stderr);
});
