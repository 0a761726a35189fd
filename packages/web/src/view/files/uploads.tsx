import '../../style/files.css';
import { fileName } from '@fernspeak/conversation';
import type { JSX } from 'preact';
import type { Upload } from '../../engine/files/uploads.ts';
import { byteCount } from '../parts/amount.ts';
import { ProblemNote } from '../parts/problem-note.tsx';

/** What is being sent, above the line where one writes. */
export function Uploads({ uploads }: { readonly uploads: readonly Upload[] }): JSX.Element {
  return (
    <ul class="uploads" aria-label="Files on their way">
      {uploads.map((upload) => (
        <Line key={upload} upload={upload} />
      ))}
    </ul>
  );
}

function Line({ upload }: { readonly upload: Upload }): JSX.Element {
  const { file, done, failed } = upload;
  const name = fileName(file.name);
  const problem = failed.value;
  return (
    <li>
      <span dir="auto">{name}</span>
      {problem === null ? (
        <label class="progress">
          <span class="note">{`${byteCount(done.value)} of ${byteCount(file.size)}`}</span>
          <progress max={Math.max(1, file.size)} value={done.value} />
        </label>
      ) : (
        <>
          <ProblemNote problem={problem} />
          <button type="button" onClick={() => upload.again()}>
            Go on
          </button>
        </>
      )}
      <button type="button" aria-label={`Stop sending ${name}`} onClick={() => upload.stop()}>
        {problem === null ? 'Stop' : 'Leave it'}
      </button>
    </li>
  );
}
