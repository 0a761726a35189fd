import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { App } from '../../../engine/app.ts';
import type { Settings } from '../../../engine/model.ts';

interface NoticesProps {
  readonly app: App;
  readonly change: (settings: Partial<Settings>) => void;
}

/** Whether the browser tells of new messages. It is asked for permission here alone, by a click. */
export function Notices({ app, change }: NoticesProps): JSX.Element {
  const permission = useSignal('Notification' in globalThis ? Notification.permission : 'none');
  const { notices } = app.settings.value;
  const ask = async (): Promise<void> => {
    permission.value = await Notification.requestPermission();
    if (permission.value === 'granted') change({ notices: 'name' });
  };
  return (
    <fieldset>
      <legend>New messages</legend>
      {permission.value === 'none' && <p>This browser cannot tell you of new messages.</p>}
      {permission.value === 'denied' && (
        <p role="status">
          The browser does not let this page tell you of new messages. Its settings for this site can change that.
        </p>
      )}
      {permission.value === 'default' && (
        <button type="button" onClick={() => void ask()}>
          Tell me of new messages
        </button>
      )}
      {permission.value === 'granted' && <Choices notices={notices} choose={(next) => change({ notices: next })} />}
      <p class="note">While the app is open in a tab that you do not look at. Nobody else is asked or told.</p>
    </fieldset>
  );
}

interface ChoicesProps {
  readonly notices: Settings['notices'];
  readonly choose: (next: Settings['notices']) => void;
}

function Choices({ notices, choose }: ChoicesProps): JSX.Element {
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          checked={notices !== 'off'}
          onChange={(event) => choose(event.currentTarget.checked ? 'name' : 'off')}
        />
        Tell me of new messages
      </label>
      {notices !== 'off' && (
        <label class="check">
          <input
            type="checkbox"
            checked={notices === 'text'}
            onChange={(event) => choose(event.currentTarget.checked ? 'text' : 'name')}
          />
          Show what they say, also on a locked screen
        </label>
      )}
    </>
  );
}
