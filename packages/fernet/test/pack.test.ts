// What `npm pack -w @fernspeak/fernet` gives works in an empty folder. It packs a copy: packing swaps package.json for a moment.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, run, temporaryFolder, type Finished } from '@fernspeak/test';

const PROGRAM = `
import { Fernet, MultiFernet, InvalidToken } from '@fernspeak/fernet';
const fernet = new Fernet(Fernet.generateKey());
console.log(new TextDecoder().decode(new MultiFernet([fernet]).decrypt(fernet.encrypt('from a tarball'))));
try { fernet.decrypt('junk'); } catch (error) { console.log(error instanceof InvalidToken); }
`;

const TYPED = `
import { Fernet, timestampOf } from '@fernspeak/fernet';
const token: string = new Fernet(Fernet.generateKey()).encrypt('typed');
const message: Uint8Array = new Fernet(new Uint8Array(32)).decrypt(token, { ttl: 1 });
const made: number = timestampOf(token);
// @ts-expect-error: a number is no token
new Fernet('').decrypt(made);
export { message };
`;

const MANIFEST = join('packages', 'fernet', 'package.json');
const WORKS = 'from a tarball\ntrue\n';

/** npm as whoever started the tests has it, or the one on PATH. */
function npm(args: readonly string[], cwd: string): Promise<Finished> {
  const cli = process.env['npm_execpath'];
  return cli?.endsWith('.js') ? run(process.execPath, [cli, ...args], { cwd }) : run('npm', args, { cwd });
}

test('npm pack gives a tarball that works in an empty folder', async (t) => {
  const copy = temporaryFolder(t);
  for (const name of ['package.json', 'tsconfig.json', 'LICENSE', 'scripts', 'packages/fernet']) {
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'dir');

  const empty = temporaryFolder(t);
  const packed = await npm(['pack', '-w', '@fernspeak/fernet', '--pack-destination', empty], copy);
  assert.equal(packed.code, 0, packed.stderr);
  const modules = join(empty, 'node_modules', '@fernspeak');
  mkdirSync(modules, { recursive: true });
  const tarball = packed.stdout.trim().split('\n').at(-1) ?? '';
  assert.equal((await run('tar', ['xzf', join(empty, tarball), '-C', modules])).code, 0);
  cpSync(join(modules, 'package'), join(modules, 'fernet'), { recursive: true });
  writeFileSync(join(empty, 'program.mjs'), PROGRAM);
  writeFileSync(join(empty, 'typed.mts'), TYPED);

  await t.test('it has what a package has, and no sources', () => {
    for (const file of ['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts']) {
      assert.ok(existsSync(join(modules, 'fernet', file)), file);
    }
    assert.ok(!existsSync(join(modules, 'fernet', 'src')));
    const { scripts } = JSON.parse(readFileSync(join(modules, 'fernet', 'package.json'), 'utf8')) as {
      scripts?: object;
    };
    assert.equal(scripts, undefined);
  });

  await t.test('it runs, with nothing else installed', async () => {
    const { code, stdout, stderr } = await run(process.execPath, ['program.mjs'], { cwd: empty });
    assert.equal(code, 0, stderr);
    assert.equal(stdout, WORKS);
  });

  await t.test('it runs as in a browser, with noble', async () => {
    symlinkSync(join(ROOT, 'node_modules', '@noble'), join(empty, 'node_modules', '@noble'), 'dir');
    const { code, stdout, stderr } = await run(process.execPath, ['--conditions=browser', 'program.mjs'], {
      cwd: empty,
    });
    assert.equal(code, 0, stderr);
    assert.equal(stdout, WORKS);
  });

  await t.test('its types are found, and need none of Node', async () => {
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', '', 'typed.mts'];
    const { code, stdout } = await run(process.execPath, [tsc, ...options], { cwd: empty });
    assert.equal(code, 0, stdout);
  });

  await t.test("the clone's package.json is as it was", () => {
    assert.equal(readFileSync(join(copy, MANIFEST), 'utf8'), readFileSync(join(ROOT, MANIFEST), 'utf8'));
    assert.ok(!existsSync(join(copy, 'packages', 'fernet', 'package.source.json')));
    assert.ok(!existsSync(join(copy, 'packages', 'fernet', 'LICENSE')));
  });

  await t.test('a run killed half-way is made good by the next', async () => {
    const script = join(copy, 'scripts', 'pack-fernet.mjs');
    for (const step of ['prepack', 'prepack', 'postpack']) {
      assert.equal((await run(process.execPath, [script, step], { cwd: copy })).code, 0);
      const swapped = readFileSync(join(copy, MANIFEST), 'utf8').includes('./dist/index.js');
      assert.equal(swapped, step === 'prepack');
    }
    assert.equal(readFileSync(join(copy, MANIFEST), 'utf8'), readFileSync(join(ROOT, MANIFEST), 'utf8'));
  });
});
