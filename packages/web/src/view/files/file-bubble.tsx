import '../../style/files.css';
import { fileName } from '@fernspeak/conversation';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { App } from '../../engine/app.ts';
import { ReceivedFile, type FileState } from '../../engine/files/received.ts';
import type { ShownMessage } from '../../engine/model.ts';
import type { Talk } from '../../engine/talk/talk.ts';
import { save } from '../dialogs/talk/save.ts';
import { byteCount } from '../parts/amount.ts';
import { ProblemNote } from '../parts/problem-note.tsx';

interface FileBubbleProps {
  readonly app: App;
  readonly talk: Talk;
  readonly message: ShownMessage;
}

/** A file in the line of its message: how far it is, a picture if it is one, and a way to save it. */
export function FileBubble({ app, talk, message }: FileBubbleProps): JSX.Element {
  const received = useMemo(() => new ReceivedFile(app, talk, message), [talk, message.key]);
  useEffect(() => () => received.close(), [received]);
  const { file } = message;
  if (!file) return <></>;
  const name = fileName(file.name);
  const state = received.state.value;
  const saveIt = async (): Promise<void> => {
    const blob = await received.fetch();
    if (blob) save(name, blob);
  };
  return (
    <div class="file">
      {state.kind === 'here' && state.picture !== null && <img src={state.picture} alt={name} />}
      <p class="file-name" dir="auto">
        {name} <span class="note">{byteCount(file.size)}</span>
      </p>
      <Progress state={state} />
      {state.kind === 'failed' && <ProblemNote problem={state.problem} />}
      {state.kind !== 'coming' && state.kind !== 'fetching' && (
        <button type="button" onClick={() => void saveIt()} aria-label={`Save ${name}`}>
          Save
        </button>
      )}
    </div>
  );
}

function Progress({ state }: { readonly state: FileState }): JSX.Element {
  if (state.kind !== 'coming' && state.kind !== 'fetching') return <></>;
  const words = state.kind === 'coming' ? 'Coming' : 'Opening';
  return (
    <label class="progress">
      <span>{`${words}: ${Math.floor(state.share * 100)} %`}</span>
      <progress max={1} value={state.share} />
    </label>
  );
}
