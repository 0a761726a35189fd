// Each check is taken out once, and the tests must notice. Here only that the list is of today's code; the mutations
// themselves run in `npm run test:long`, each in a copy of the package.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MUTATIONS, type Mutation } from './mutations.ts';

const LONG = process.env['FERNSPEAK_LONG'] === '1';
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const PACKAGE = join(ROOT, 'packages/conversation');
const shortOf = ({ file, was, becomes }: Mutation): string =>
  `${file}: ${was} → ${becomes === '' ? 'nothing' : becomes}`;

test('every check that is taken out stands in the code once', () => {
  for (const mutation of MUTATIONS) {
    const parts = readFileSync(join(PACKAGE, 'src', mutation.file), 'utf8').split(mutation.was);
    assert.equal(parts.length, 2, shortOf(mutation));
  }
});

if (LONG) {
  await test('without any one of them the tests fail', async (t) => {
    const copy = copyOfTheHouse();
    t.after(() => rmSync(copy, { recursive: true, force: true }));
    await t.test('unless there is nothing wrong', async () => {
      const files = new Set(MUTATIONS.flatMap(({ noticedBy }) => noticedBy));
      for (const each of files) assert.ok(!(await fails(testIn(copy, each))), `${each} fails by itself`);
    });
    for (const mutation of MUTATIONS) {
      await t.test(shortOf(mutation), async () => assert.ok(await isNoticed(mutation, copy), 'no test fails'));
    }
  });
}

/** A folder in which the package can be changed; all the rest is the house itself. */
function copyOfTheHouse(): string {
  const copy = mkdtempSync(join(tmpdir(), 'fernspeak-mutated-'));
  const link = (from: string, to: string): void => symlinkSync(join(ROOT, from), join(copy, to));
  for (const folder of ['vectors', 'docs', 'test', 'package.json', 'examples']) link(folder, folder);
  mkdirSync(join(copy, 'packages'));
  for (const each of readdirSync(join(ROOT, 'packages'))) {
    if (each !== 'conversation') link(`packages/${each}`, `packages/${each}`);
  }
  for (const part of ['src', 'test', 'package.json', 'README.md']) {
    cpSync(join(PACKAGE, part), join(copy, 'packages/conversation', part), { recursive: true });
  }
  mkdirSync(join(copy, 'node_modules/@fernspeak'), { recursive: true });
  for (const each of readdirSync(join(ROOT, 'node_modules'))) {
    if (each !== '@fernspeak') link(`node_modules/${each}`, `node_modules/${each}`);
  }
  for (const each of ['channel', 'fernet', 'relay']) link(`packages/${each}`, `node_modules/@fernspeak/${each}`);
  link('test', 'node_modules/@fernspeak/test');
  symlinkSync(join(copy, 'packages/conversation'), join(copy, 'node_modules/@fernspeak/conversation'));
  return copy;
}

async function isNoticed({ file, was, becomes, noticedBy }: Mutation, copy: string): Promise<boolean> {
  const path = join(copy, 'packages/conversation/src', file);
  const source = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    source.replace(was, () => becomes),
  );
  try {
    for (const each of noticedBy) if (await fails(testIn(copy, each))) return true;
    return false;
  } finally {
    writeFileSync(path, source);
  }
}

function testIn(copy: string, file: string): string {
  return join(copy, 'packages/conversation/test', file);
}

async function fails(file: string): Promise<boolean> {
  const { FERNSPEAK_LONG: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
  const run = spawn(process.execPath, ['--test', '--test-timeout=120000', file], { env, stdio: 'ignore' });
  const [code] = (await once(run, 'exit')) as [number | null];
  return code !== 0;
}
