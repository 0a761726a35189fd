// Who is compared, and how each is got on this machine; who cannot be had is left out, and why is said.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEBIAN_PYTHON, NEEDS_PYTHON, findPythons } from '@fernspeak/test';
import { install, skipped } from '../debian.ts';
import { Peer } from './peer.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const node = (name: string, script: string): Peer => new Peer(name, process.execPath, [here(script)]);

/** What the C loop is compiled with, by Debian's names. */
const COMPILER = 'gcc libc6-dev libssl-dev';

/** Those that could be started; the first Python is the newest `cryptography` that the machine offers. */
export interface Peers {
  readonly ours: Peer;
  readonly pythons: readonly Peer[];
  readonly npm: Peer | null;
  /** With libcrypto's base64, then with a faster one of its own. */
  readonly loops: readonly Peer[];
}

/** Starts all of them. `folder` is where the C loop is compiled. */
export function startPeers(folder: string): Peers {
  return {
    ours: node('@fernspeak/fernet', 'ours.ts'),
    pythons: startPythons(),
    npm: installNpmPeers() ? node('npm fernet 0.4.0', 'npm.ts') : null,
    loops: startLoops(folder),
  };
}

function startPythons(): Peer[] {
  const debian = (): boolean => spawnSync(DEBIAN_PYTHON, ['-c', 'import cryptography']).status === 0;
  if (!debian() && !install('python3-cryptography')) skipped("Debian's pyca/cryptography", NEEDS_PYTHON);
  const pythons = findPythons().toSorted((a, b) =>
    b.cryptography.localeCompare(a.cryptography, 'en', { numeric: true }),
  );
  if (pythons.length === 0) skipped('pyca/cryptography', NEEDS_PYTHON);
  return pythons.map(
    ({ command, cryptography }) => new Peer(`pyca/cryptography ${cryptography}`, command, [here('pyca.py')]),
  );
}

function installNpmPeers(): boolean {
  const peers = here('../peers');
  if (existsSync(join(peers, 'node_modules', 'fernet'))) return true;
  const { status, stderr } = spawnSync('npm', ['ci', '--ignore-scripts'], { cwd: peers, encoding: 'utf8' });
  if (status !== 0) skipped('npm fernet', `npm could not install it: ${stderr?.trim().split('\n')[0]}`);
  return status === 0;
}

function startLoops(folder: string): Peer[] {
  const compile = (program: string, ...flags: string[]): boolean =>
    spawnSync('cc', ['-O3', ...flags, '-o', join(folder, program), here('loop.c'), '-lcrypto']).status === 0;
  if (!compile('loop') && !(install(COMPILER) && compile('loop'))) {
    skipped('C loop over libcrypto', `needs a C compiler and OpenSSL's headers (apt-get install ${COMPILER})`);
    return [];
  }
  compile('loop-tables', '-DOWN_BASE64');
  return [
    new Peer('C loop over libcrypto', join(folder, 'loop'), []),
    new Peer('C loop, base64 of its own', join(folder, 'loop-tables'), []),
  ];
}
