import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const ROOT: string = fileURLToPath(new URL('../../', import.meta.url));

/** The command as a user runs it: the launcher, on the Node of this process. */
export const LAUNCHER: string = fileURLToPath(new URL('../../packages/cli/bin/fernspeak.js', import.meta.url));

/** What a finished process left. `code` is null when a signal ended it. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a process; `input` is what it reads on stdin (otherwise empty). */
export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly onStart?: (child: ChildProcess) => void;
}

/** Runs a program to its end and collects what it wrote (UTF-8). Rejects only when it cannot be started. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on('error', () => {}); // it may end without reading its input
  options.onStart?.(child);
  child.stdin.end(options.input ?? '');
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}

/** Runs `fernspeak ARGS` with a profile of its own in `home`. */
export function fernspeak(home: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const env = { FERNSPEAK_HOME: home, NO_COLOR: '1', ...options.env };
  return run(process.execPath, [LAUNCHER, ...args], { ...options, env });
}

/** A relay in a process of its own, on a free port of loopback. */
export interface RunningRelay {
  readonly url: string;
  readonly pid: number;
  readonly process: ChildProcess;
  /** Ends it with a signal (SIGTERM unless said) and gives its exit code; null when the signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Whatever ends what was started: a test's context, or a program's own list. */
export interface Ending {
  after(cleanup: () => unknown): void;
}

/** Starts `fernspeak relay` on `data` and waits until it says that it is ready; it is killed when the test `t` ends. */
export async function startRelayProcess(t: Ending, data: string, args: readonly string[] = []): Promise<RunningRelay> {
  const given = ['relay', '--host', '127.0.0.1', '--port', '0', '--data', data, '--json', ...args];
  const child = spawn(process.execPath, [LAUNCHER, ...given], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  const complaints: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  const [line] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'close').then(() =>
      Promise.reject(new Error(`the relay ended early: ${Buffer.concat(complaints).toString()}`)),
    ),
  ])) as [string];
  const { url, pid } = JSON.parse(line) as { url: string; pid: number };
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = once(child, 'close');
    child.kill(signal);
    return ((await ended) as [number | null])[0];
  };
  return { url, pid, process: child, stop };
}

/** A new channel on a relay of loopback: its address and its two keys. */
export interface NewChannel {
  readonly address: string;
  readonly id: number;
  readonly writeKey: string;
  readonly readKey: string;
}

/** Creates a channel with `settings` (form fields of `POST /channels.json`), public unless said otherwise. */
export async function createChannel(url: string, settings: Record<string, string> = {}): Promise<NewChannel> {
  const body = new URLSearchParams({ public_flag: 'true', field1: 'message', ...settings });
  const answer = await fetch(`${url}/channels.json`, { method: 'POST', body });
  if (!answer.ok) throw new Error(`creating a channel: ${answer.status} ${await answer.text()}`);
  const channel = (await answer.json()) as { id: number; api_keys: { api_key: string; write_flag: boolean }[] };
  const key = (write: boolean): string => channel.api_keys.find((key) => key.write_flag === write)?.api_key ?? '';
  return { address: `${url}/channels/${channel.id}`, id: channel.id, writeKey: key(true), readKey: key(false) };
}
