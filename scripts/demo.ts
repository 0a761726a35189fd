// npm run demo: the whole article in the terminal, each line from a real process with a profile of its own.
import { play } from './demo/play.ts';

process.exitCode = await play();
