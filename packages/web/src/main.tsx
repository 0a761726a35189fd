import { render } from 'preact';

render(<p>fernspeak</p>, document.getElementById('app')!);
