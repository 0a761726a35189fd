import { once } from 'node:events';
import { Interrupted } from './errors.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npm passes on a Ctrl-C that the terminal has sent to us already: that is no second one, in milliseconds. */
const ECHO_MS = 300;

/**
 * A signal that is aborted, with {@link Interrupted} as its reason, when somebody wants the command to end; the second
 * time ends the process at once. Only for work that has something to put in order first: without it a signal just ends us.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  let since = 0;
  for (const name of SIGNALS) {
    process.on(name, () => {
      const interrupted = new Interrupted(name);
      if (!controller.signal.aborted) {
        since = performance.now();
        controller.abort(interrupted);
      } else if (performance.now() - since > ECHO_MS) {
        process.exit(interrupted.exit);
      }
    });
  }
  return controller.signal;
}

/** Resolves when the signal is aborted. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
