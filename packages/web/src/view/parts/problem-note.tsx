import type { JSX } from 'preact';
import type { Problem } from '../../engine/problem.ts';

/** What went wrong, and what to do. */
export function ProblemNote({ problem }: { readonly problem: Problem | null }): JSX.Element {
  return (
    <div role="alert" class="problem">
      {problem && (
        <>
          <p>{problem.message}</p>
          {problem.hint !== null && <p class="note">{problem.hint}</p>}
        </>
      )}
    </div>
  );
}
