import { useSignal, type Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { RelayFeed } from '../../engine/relay-side/feed.ts';
import { linesOf } from '../../engine/relay-side/pieces.ts';
import type { Sandbox } from '../../engine/relay-side/sandbox.ts';
import type { Talk } from '../../engine/talk/talk.ts';
import { useAttempt } from '../parts/attempt.ts';
import { Lazy } from '../parts/lazy.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { EntryLine } from './entry-line.tsx';
import { EYES, known, wayTo, type Eyes } from './eyes.ts';
import { LastCommand } from './last-command.tsx';
import { LeakMeter } from './leak-meter.tsx';

/** So near to the end counts as the end, in pixels. */
const NEAR = 80;

/** What the relay sees of a conversation: the bytes that it stored, what they give away, and a copy to lie in. */
export function RelaySide({ talk, close }: { readonly talk: Talk; readonly close: () => void }): JSX.Element {
  const feed = useMemo(() => new RelayFeed(talk), [talk]);
  useEffect(() => () => feed.close(), [feed]);
  const eyes = useSignal<Eyes>('relay');
  const sandbox = useSignal<Sandbox | null>(null);
  const { run, busy, problem } = useAttempt();
  const open = async (): Promise<void> => {
    const { Sandbox } = await import('../../engine/relay-side/sandbox.ts');
    const copy = new Sandbox(talk, await feed.whole());
    await copy.reset();
    sandbox.value = copy;
  };
  return (
    <aside class="relay-side" aria-label="What the relay sees">
      <header>
        <div class="title">
          <h2>What the relay sees</h2>
          <p class="note">
            {channelNamed(talk.channel.address)} · <span class="clear">readable</span> ·{' '}
            <span class="clear again">as in an earlier one</span> · <span class="noise">noise without the key</span>
          </p>
        </div>
        <button type="button" class="quiet close" aria-label="Close what the relay sees" onClick={close}>
          ×
        </button>
      </header>
      {sandbox.value ? (
        <Breaking sandbox={sandbox.value} close={() => (sandbox.value = null)} />
      ) : (
        <>
          <AsWhom eyes={eyes} address={talk.channel.address} />
          <Entries talk={talk} feed={feed} eyes={eyes.value} />
          <div class="try">
            <button type="button" disabled={busy.value} onClick={() => void run(open)}>
              Try to break it
            </button>
            <ProblemNote problem={problem.value} />
          </div>
          <LeakMeter leaks={feed.leaks.value} />
          <LastCommand talk={talk} />
        </>
      )}
    </aside>
  );
}

function AsWhom({ eyes, address }: { readonly eyes: Signal<Eyes>; readonly address: string }): JSX.Element {
  return (
    <fieldset class="eyes">
      <legend>as</legend>
      {EYES.map(([each, words]) => (
        <label key={each}>
          <input type="radio" name="eyes" checked={eyes.value === each} onChange={() => (eyes.value = each)} />
          <span>{words}</span>
        </label>
      ))}
      <p class="note" aria-live="polite">
        {known(eyes.value, wayTo(address))}
      </p>
    </fieldset>
  );
}

interface EntriesProps {
  readonly talk: Talk;
  readonly feed: RelayFeed;
  readonly eyes: Eyes;
}

/** The newest entries; stays at the end while one is there. */
function Entries({ talk, feed, eyes }: EntriesProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const { run, busy, problem } = useAttempt();
  const entries = feed.entries.value;
  const lines = useMemo(() => linesOf(entries), [entries]);
  const byEntry = new Map(
    talk.messages.value.flatMap((message) => message.entries.map((entry) => [entry, message] as const)),
  );
  useLayoutEffect(() => {
    if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  const onScroll = (): void => {
    const element = box.current;
    if (element) atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
  };
  return (
    <div class="entries" ref={box} onScroll={onScroll} tabIndex={0} role="region" aria-label="Entries">
      {feed.hasOlder.value && lines.length > 0 && (
        <button type="button" class="older quiet" disabled={busy.value} onClick={() => void run(() => feed.older())}>
          Older entries
        </button>
      )}
      <ProblemNote problem={problem.value} />
      <ol>
        {lines.map((line) => (
          <EntryLine
            key={line.entry.id}
            line={line}
            eyes={eyes}
            way={wayTo(talk.channel.address)}
            opened={byEntry.get(line.entry.id)?.text ?? null}
            together={byEntry.get(line.entry.id)?.entries ?? [line.entry.id]}
          />
        ))}
      </ol>
      {lines.length === 0 && <p class="note">Nothing is stored yet.</p>}
      {feed.failed.value && <p class="note">The relay cannot be asked now: this may be old.</p>}
    </div>
  );
}

function channelNamed(address: string): string {
  const number = /\/channels\/(\d+)/.exec(address)?.[1];
  return number === undefined ? 'in this page’s memory' : `channel ${number}`;
}

function Breaking(props: { readonly sandbox: Sandbox; readonly close: () => void }): JSX.Element {
  return <Lazy load={() => import('./break-it.tsx')}>{({ BreakIt }) => <BreakIt {...props} />}</Lazy>;
}
