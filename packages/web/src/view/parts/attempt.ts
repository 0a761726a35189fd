import { useSignal, type ReadonlySignal } from '@preact/signals';
import { problemOf, type Problem } from '../../engine/problem.ts';

/** An action under way, and what went wrong with it. */
export interface Attempt {
  readonly busy: ReadonlySignal<boolean>;
  readonly problem: ReadonlySignal<Problem | null>;
  /** Runs an action; a second click while it runs does nothing. */
  readonly run: (work: () => Promise<unknown>) => Promise<void>;
}

export function useAttempt(): Attempt {
  const busy = useSignal(false);
  const problem = useSignal<Problem | null>(null);
  const run = async (work: () => Promise<unknown>): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    problem.value = null;
    try {
      await work();
    } catch (error) {
      problem.value = problemOf(error);
    } finally {
      busy.value = false;
    }
  };
  return { busy, problem, run };
}
