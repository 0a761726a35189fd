// npm run lock: makes package-lock.json anew from the package.json files, complete for every platform.
// A registry that mirrors only some platforms leaves the others' optional binaries out of the lock file, and `npm ci` then
// refuses it everywhere. Their versions are pinned by the packages that name them, so they can be added without asking.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const LOCK = fileURLToPath(new URL('../package-lock.json', import.meta.url));
/** `binding-linux-arm-gnueabihf`: system, processor, and perhaps the C library. */
const PLATFORM =
  /[-/](android|darwin|freebsd|linux|netbsd|openbsd|openharmony|win32|wasm32)-(\w+?)(?:-(gnu|musl|msvc|eabi)\w*)?$/;

interface LockedPackage {
  version?: string;
  optional?: boolean;
  dev?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

function platformOf(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> | null {
  const [, system, processor, library] = PLATFORM.exec(name) ?? [];
  if (system === undefined || processor === undefined) return null;
  if (system === 'wasm32') return { cpu: ['wasm32'] };
  const libc = library === 'musl' ? ['musl'] : library === 'gnu' ? ['glibc'] : null;
  return { cpu: [processor], os: [system], ...(libc && system === 'linux' && { libc }) };
}

const made = spawnSync('npm', ['install', '--package-lock-only', '--ignore-scripts'], { stdio: 'inherit' });
if (made.status !== 0) process.exit(1);
const lock = JSON.parse(readFileSync(LOCK, 'utf8')) as { packages: Record<string, LockedPackage> };
for (const { optionalDependencies = {}, dev } of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const path = `node_modules/${name}`;
    const platform = platformOf(name);
    if (lock.packages[path] || !platform || !/^\d/.test(version)) continue;
    lock.packages[path] = { version, ...platform, ...(dev && { dev }), optional: true };
    console.log(`added ${name} ${version}`);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`);
