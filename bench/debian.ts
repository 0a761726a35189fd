import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Installs Debian packages (names with blanks between), where that is possible: on Debian, as root. */
export function install(packages: string): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  console.log(`  installing ${packages} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]): boolean => spawnSync('apt-get', ['-qq', ...args], { env }).status === 0;
  const asked = ['install', '-y', '--no-install-recommends', ...packages.split(' ')];
  return apt(...asked) || (apt('update') && apt(...asked));
}

/** Says loudly that somebody is missing. */
export function skipped(peer: string, why: string): void {
  console.log(`  SKIPPED  ${peer}: ${why}`);
}
