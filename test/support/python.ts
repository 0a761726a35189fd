import { spawnSync } from 'node:child_process';

/** A Python that can `import cryptography`, and which version of it. */
export interface Python {
  readonly command: string;
  readonly cryptography: string;
}

const PROBE = 'import cryptography; print(cryptography.__version__)';

/** Debian's own Python: the one for which `apt-get install python3-cryptography` works. */
export const DEBIAN_PYTHON = '/usr/bin/python3';

/** Every Python here with `cryptography`: the one on PATH, then Debian's, no two of one version; or only $PYTHON where that is set. */
export function findPythons(): Python[] {
  const found: Python[] = [];
  const chosen = process.env['PYTHON'];
  for (const command of chosen ? [chosen] : ['python3', DEBIAN_PYTHON]) {
    const probe = spawnSync(command, ['-c', PROBE], { encoding: 'utf8' });
    const cryptography = probe.status === 0 ? probe.stdout.trim() : '';
    if (cryptography && !found.some((python) => python.cryptography === cryptography)) {
      found.push({ command, cryptography });
    }
  }
  return found;
}

/** The first of {@link findPythons}; null when there is none. */
export function findPython(): Python | null {
  return findPythons()[0] ?? null;
}

/** What a test that needs Python says when it is skipped. */
export const NEEDS_PYTHON = 'needs python3 with cryptography (apt-get install python3-cryptography)';
