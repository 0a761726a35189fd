import 'uplot/dist/uPlot.min.css';
import {
  readingsCsv,
  statistics,
  within,
  type Point,
  type SeriesSet,
  type Span,
} from '@fernspeak/conversation/readings';
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { save } from '../dialogs/talk/save.ts';
import { nameInLine } from '../parts/text.ts';
import { dashOf } from './dashes.ts';
import { Plot } from './plot.tsx';

const HOUR = 3_600_000;
/** How far back from the newest reading, in milliseconds; null: all of it. */
const SPANS: readonly (readonly [words: string, ms: number | null])[] = [
  ['Hour', HOUR],
  ['Day', 24 * HOUR],
  ['Week', 7 * 24 * HOUR],
  ['All', null],
];

interface ReadingsProps {
  readonly name: string;
  readonly set: SeriesSet;
}

/** A device's numbers: a plot, what they come to over a span, and a way to take them along. */
export function Readings({ name, set: { series, omitted } }: ReadingsProps): JSX.Element {
  const back = useSignal<number | null>(null);
  const zoomed = useSignal<Span | null>(null);
  const newest = Math.max(...Array.from(series.values(), (points) => points.at(-1)?.time ?? 0));
  const span = zoomed.value ?? { from: back.value === null ? -Infinity : newest - back.value, to: Infinity };
  const shown = useMemo(
    () => new Map(Array.from(series, ([label, points]) => [label, within(points, span)] as const)),
    [series, span.from, span.to],
  );
  return (
    <section class="readings" aria-label="Readings">
      <div class="switch" role="group" aria-label="How far back">
        {SPANS.map(([words, ms]) => (
          <button
            key={words}
            type="button"
            aria-pressed={zoomed.value === null && back.value === ms}
            onClick={() => {
              back.value = ms;
              zoomed.value = null;
            }}
          >
            {words}
          </button>
        ))}
        {zoomed.value && (
          <button type="button" aria-pressed={true} onClick={() => (zoomed.value = null)}>
            As dragged ×
          </button>
        )}
      </div>
      <Plot series={shown} onSpan={(chosen) => (zoomed.value = chosen)} />
      <Table series={shown} />
      {omitted !== null && <p class="note">{omitted}</p>}
      <div class="choices">
        <button type="button" onClick={() => save(`${name}.csv`, new Blob([readingsCsv(shown)], { type: 'text/csv' }))}>
          CSV of the opened values
        </button>
        <p class="note">Opened and computed in this browser: the relay has none of these numbers.</p>
      </div>
    </section>
  );
}

/** What the plot shows, in numbers: also for who does not see it. */
function Table({ series }: { readonly series: ReadonlyMap<string, readonly Point[]> }): JSX.Element {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="What the readings come to">
      <table>
        <thead>
          <tr>
            {['', 'newest', 'min', 'mean', 'median', 'max', 'sum', 'count'].map((words) => (
              <th key={words} scope="col">
                {words === '' ? <span class="unseen">Name</span> : words}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from(series, ([label, points], at) => (
            <Row key={label} label={label} points={points} dash={dashOf(at).join(' ')} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  readonly label: string;
  readonly points: readonly Point[];
  /** As its line is drawn. */
  readonly dash: string;
}

function Row({ label, points, dash }: RowProps): JSX.Element {
  const all = statistics(points);
  const cells = all
    ? [points.at(-1)?.value ?? Number.NaN, all.min, all.mean, all.median, all.max, all.sum, all.count]
    : [];
  return (
    <tr>
      <th scope="row" dir="auto">
        <svg class="swatch" viewBox="0 0 28 6" aria-hidden="true">
          <path d="M0 3h28" stroke-dasharray={dash} />
        </svg>
        {nameInLine(label)}
      </th>
      {all ? (
        cells.map((value, at) => <td key={at}>{figure(value)}</td>)
      ) : (
        <td colSpan={7}>no readings in this span</td>
      )}
    </tr>
  );
}

/** At most six digits that count. */
function figure(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}
