// npm run bench [-- fernet|startup|reading|conversation|live|web]: side by side with the peers, or with itself at another size.
import { benchConversation } from './conversation.ts';
import { benchFernet } from './fernet/bench.ts';
import { benchLive } from './live.ts';
import { benchReading } from './reading.ts';
import { benchStartup } from './startup.ts';
import { benchWeb } from './web.ts';

const SUITES: Readonly<Record<string, () => void | Promise<void>>> = {
  fernet: benchFernet,
  startup: benchStartup,
  reading: benchReading,
  conversation: benchConversation,
  live: benchLive,
  web: benchWeb,
};

const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(SUITES)) {
  const suite = SUITES[name];
  if (!suite) throw new Error(`There is no suite ${name}; there are ${Object.keys(SUITES).join(', ')}.`);
  await suite();
}
