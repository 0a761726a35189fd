import { render } from 'preact';
import { keepOffline } from './offline.ts';
import { Root } from './view/root.tsx';
import './style/base.css';
import './style/layout.css';
import './style/talk.css';
import './style/relay-side.css';
import './style/dialogs.css';

// the engine comes after the shell: see build/sizes.ts
const { App } = await import('./engine/app.ts');
const app = new App();
render(<Root app={app} />, document.getElementById('app') as HTMLElement);
// the other files come after what is waited for
void app.start().finally(keepOffline);
