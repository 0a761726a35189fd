// npm run check: everything that can be said of the code without running it. All checks run; any failure fails the command.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const CHECKS: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['types', 'tsc', '-p', 'tsconfig.json'],
  ['types of what runs in browsers', 'tsc', '-p', 'packages/web/tsconfig.json'],
  ['types of its workers', 'tsc', '-p', 'packages/web/workers/tsconfig.json'],
  ['types of the tests with a browser', 'tsc', '-p', 'packages/web/test/tsconfig.json'],
  ['lint', 'oxlint', '--deny-warnings'],
  ['format', 'prettier', '--check', '--log-level=warn', '.'],
  ['unused code and undeclared imports', 'knip'],
];

let failed = 0;
for (const [name, command, ...args] of CHECKS) {
  const started = performance.now();
  // npm puts node_modules/.bin first in PATH; on Windows its programs are .cmd files, which need a shell
  const done = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', shell: process.platform === 'win32' });
  const good = done.status === 0;
  if (!good) failed++;
  console.log(
    `${good ? 'ok    ' : 'FAILED'} ${name} (${command}, ${((performance.now() - started) / 1000).toFixed(1)} s)`,
  );
}
if (failed > 0) console.log(`${failed} of ${CHECKS.length} checks failed.`);
process.exitCode = failed > 0 ? 1 : 0;
