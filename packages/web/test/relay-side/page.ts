// What runs in Chromium: the relay's side of a talk with the echo in memory, and beside it what the test asks.
import { h, render } from 'preact';
import { memoryEcho } from '../../src/engine/echo/memory-echo.ts';
import { isLinked, link } from '../../src/view/relay-side/linked.ts';
import { RelaySide } from '../../src/view/relay-side/relay-side.tsx';

const talk = await memoryEcho('Ada', new AbortController().signal);
render(h(RelaySide, { talk, close: () => render(null, document.body) }), document.body);

/** The fields of all entries, as the channel gives them. */
async function stored(): Promise<(string | null)[][]> {
  const entries = await Array.fromAsync(talk.channel.read({ after: 0 }));
  return entries.map(({ fields }) => Array.from(fields));
}

/** Entries that do not open: as many as wanted, of the size of a message. */
async function fill(count: number): Promise<void> {
  const [[token] = []] = await stored();
  await talk.channel.append(Array.from({ length: count }, () => [token ?? '']));
}

Object.assign(globalThis, { doors: { talk, stored, fill, isLinked, link } });
