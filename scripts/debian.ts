import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findChromium, findPython } from '@fernspeak/test';

/** A Debian package that some tests need, and how to see that what it brings is there already. */
interface Need {
  readonly debianPackage: string;
  readonly present: () => boolean;
}

const NEEDS: readonly Need[] = [
  { debianPackage: 'python3-cryptography', present: () => findPython() !== null },
  { debianPackage: 'chromium', present: () => findChromium() !== null },
  { debianPackage: 'strace', present: () => spawnSync('strace', ['--version']).status === 0 },
];

function apt(args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}

/**
 * Installs what the tests need and this machine lacks, where that is possible: on Debian, as root.
 * Elsewhere, and when it fails, the tests that need it say that they are skipped.
 */
export function installTestNeeds(): void {
  const missing = NEEDS.filter((need) => !need.present()).map((need) => need.debianPackage);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.error(`Some tests will be skipped: they need ${missing.join(', ')} (Debian's names).`);
    return;
  }
  console.error(`Installing ${missing.join(', ')} for the tests …`);
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  if (!apt(install) && !(apt(['update']) && apt(install))) {
    console.error(`${missing.join(', ')} could not be installed; the tests that need it will be skipped.`);
  }
}
