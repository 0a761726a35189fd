import type { Logger } from 'pino';
import type { Answered } from './app.ts';

/** How much is told: `error` = the relay's own mistakes and its store's, `info` = each request too. */
export const LOG_LEVELS = ['silent', 'error', 'info'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const LOG_FORMATS = ['pretty', 'json', 'none'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** A request that was answered. */
export interface LoggedRequest extends Pick<Answered, 'answer' | 'route' | 'channel' | 'fault'> {
  readonly method: string;
  readonly milliseconds: number;
}

/**
 * The relay's log. By its shape it can hold no key, no payload and nobody's address: of a request it is told the method,
 * the route's pattern, the channel's number and the status, never the target itself.
 */
export interface AccessLog {
  request(request: LoggedRequest): void;
  /** Something that should not have happened, without the words of its message, which may quote a request. */
  fault(error: unknown): void;
  /** Writes out what is still held back. */
  close(): void;
}

/** How a log is opened; `write` takes whole lines, for tests. */
export interface LogOptions {
  readonly format: LogFormat;
  readonly level: LogLevel;
  readonly write?: (line: string) => void;
}

const SILENT: AccessLog = { request: () => {}, fault: () => {}, close: () => {} };
const STDERR = 2;

/** Opens the log. pino is loaded only for JSON: it weighs on the start. */
export async function openLog({ format, level, write }: LogOptions): Promise<AccessLog> {
  if (format === 'none' || level === 'silent') return SILENT;
  if (format === 'pretty') return prettyLog(level, write ?? ((line) => process.stderr.write(line)));
  const { default: pino } = await import('pino');
  const destination = write === undefined ? pino.destination({ dest: STDERR, sync: false }) : { write };
  const logger = pino({ level, base: null }, destination);
  return jsonLog(logger, () => 'flushSync' in destination && destination.flushSync());
}

function jsonLog(logger: Logger, close: () => void): AccessLog {
  const fault = (error: unknown): void => logger.error({ fault: faultOf(error) }, 'fault');
  return {
    request: ({ method, answer, route, channel, fault: faulty, milliseconds }) => {
      if (faulty !== null) fault(faulty);
      logger.info(
        { method: methodOf(method), route, channel, status: answer.status, ms: tenths(milliseconds) },
        'request',
      );
    },
    fault,
    close,
  };
}

function prettyLog(level: LogLevel, write: (line: string) => void): AccessLog {
  const now = (): string => new Date().toISOString().slice(11, 19);
  const fault = (error: unknown): void => write(`${now()}  fault  ${faultOf(error).join('\n  ')}\n`);
  return {
    request: ({ method, answer, route, channel, fault: faulty, milliseconds }) => {
      if (faulty !== null) fault(faulty);
      if (level === 'error') return;
      const path = route?.replace(':id', channel ?? ':id') ?? '(no such path)';
      write(`${now()}  ${answer.status}  ${methodOf(method)} ${path}  ${tenths(milliseconds)} ms\n`);
    },
    fault,
    close: () => {},
  };
}

function methodOf(method: string): string {
  return /^[A-Z]{1,16}$/.test(method) ? method : 'OTHER';
}

function tenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

/** Name, code and where: the lines of the stack that begin with `at`. */
function faultOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [typeof error];
  const { name, code, stack = '' } = error as NodeJS.ErrnoException;
  const frames = stack.split('\n').map((line) => line.trim());
  return [[name, code].filter(Boolean).join(' '), ...frames.filter((line) => line.startsWith('at '))];
}
