import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createChannel, LAUNCHER, run, startRelayProcess, temporaryFolder } from '@fernspeak/test';

/**
 * A script: shell commands with what they print and their exit codes, as somebody would type them, and the files that
 * they need.
 *
 *     # a comment; `# needs: relay` starts one: $RELAY, and $CHANNEL with write.key and read.key
 *     $ fernspeak send notes.csv hello --key-file family.key
 *     1                                a line of stdout; … stands for anything within a line
 *     ! error: …                       a line of stderr
 *     ? 2                              the exit code, 0 when it is not named
 *
 *     -- family.key --                 from here on: a file and its content
 */
interface Script {
  readonly needsRelay: boolean;
  readonly steps: readonly Step[];
  readonly files: readonly { readonly name: string; readonly content: string }[];
}

interface Step {
  readonly line: number;
  readonly command: string;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly code: number;
}

/** Reads a script; throws for a line that belongs to nothing. */
function parseScript(text: string): Script {
  const [commands = '', ...sections] = text.split(/^-- (.+) --\n/m);
  const files: { name: string; content: string }[] = [];
  for (let at = 0; at < sections.length; at += 2)
    files.push({ name: sections[at] ?? '', content: sections[at + 1] ?? '' });
  const steps: (Step & { stdout: string[]; stderr: string[]; code: number })[] = [];
  for (const [index, line] of commands.split('\n').entries()) {
    const step = steps.at(-1);
    if (line.startsWith('# ')) continue;
    if (line.startsWith('$ ')) steps.push({ line: index + 1, command: line.slice(2), stdout: [], stderr: [], code: 0 });
    else if (step === undefined) {
      if (line !== '') throw new Error(`line ${index + 1} belongs to no command`);
    } else if (line.startsWith('! ')) step.stderr.push(line.slice(2));
    else if (line.startsWith('? ')) step.code = Number(line.slice(2));
    else step.stdout.push(line);
  }
  for (const step of steps) while (step.stdout.at(-1) === '') step.stdout.pop();
  return { needsRelay: /^# needs: relay$/m.test(commands), steps, files };
}

/** Runs a script in an empty folder with a profile of its own; throws at the first step that is not as written. */
export async function runScript(t: TestContext, path: string): Promise<void> {
  const script = parseScript(readFileSync(path, 'utf8'));
  const folder = temporaryFolder(t);
  const env = {
    ...(await prepare(t, folder, script)),
    FERNSPEAK_HOME: join(folder, 'home'),
    HOME: folder,
    NO_COLOR: '1',
  };
  for (const step of script.steps) {
    const { code, stdout, stderr } = await run('sh', ['-c', step.command], { cwd: folder, env });
    const seen = [...lines(stdout), ...lines(stderr).map((line) => `! ${line}`), `? ${code}`];
    const expected = [...step.stdout, ...step.stderr.map((line) => `! ${line}`), `? ${step.code}`];
    const same = seen.length === expected.length && expected.every((line, at) => matches(line, seen[at] ?? ''));
    if (!same) {
      throw new Error(
        `line ${step.line}: $ ${step.command}\nexpected\n  ${expected.join('\n  ')}\nseen\n  ${seen.join('\n  ')}`,
      );
    }
  }
}

async function prepare(t: TestContext, folder: string, script: Script): Promise<Record<string, string>> {
  for (const { name, content } of script.files) writeFileSync(join(folder, name), content);
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'fernspeak'), `#!/bin/sh\nexec "${process.execPath}" "${LAUNCHER}" "$@"\n`, { mode: 0o755 });
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  if (!script.needsRelay) return env;
  const { url } = await startRelayProcess(t, join(folder, 'relay'));
  const channel = await createChannel(url, { public_flag: 'false' });
  writeFileSync(join(folder, 'write.key'), channel.writeKey);
  writeFileSync(join(folder, 'read.key'), channel.readKey);
  return { ...env, RELAY: url, CHANNEL: channel.address };
}

function lines(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function matches(expected: string, seen: string): boolean {
  const pattern = expected
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*');
  return new RegExp(`^${pattern}$`, 's').test(seen);
}
