import { thinned, type Point, type Span } from '@fernspeak/conversation/readings';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';
import { nameInLine } from '../parts/text.ts';
import { dashOf } from './dashes.ts';

const HEIGHT = 260;
/** Points of a series that are drawn: two for each pixel of a wide screen, extremes among them. */
const DRAWN = 3000;

interface PlotProps {
  readonly series: ReadonlyMap<string, readonly Point[]>;
  /** Somebody dragged over a span. */
  readonly onSpan: (span: Span) => void;
}

/** Draws the series; dragging over a part chooses that span. What it shows stands in the table below, too. */
export function Plot({ series, onSpan }: PlotProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const plot = new UPlot(optionsFor(series, element, onSpan), dataOf(series), element);
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [series]);
  const names = Array.from(series.keys(), (label) => nameInLine(label)).join(', ');
  return <div class="plot" ref={box} role="img" aria-label={`A plot of ${names}; the table below has its figures.`} />;
}

function optionsFor(series: PlotProps['series'], element: HTMLElement, onSpan: PlotProps['onSpan']): UPlot.Options {
  const style = getComputedStyle(element);
  const [text, line, accent] = ['--text', '--line', '--accent-text'].map((name) => style.getPropertyValue(name).trim());
  const axis = { stroke: text ?? '', grid: { stroke: line ?? '', width: 1 }, ticks: { stroke: line ?? '', width: 1 } };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    // the table is the legend
    legend: { show: false },
    axes: [axis, { ...axis, size: 60 }],
    cursor: { drag: { x: true, y: false, setScale: false } },
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < 5) return;
          onSpan({ from: plot.posToVal(left, 'x') * 1000, to: plot.posToVal(left + width, 'x') * 1000 });
        },
      ],
    },
    series: [
      {},
      ...Array.from(series.keys(), (label, at) => ({
        label: nameInLine(label),
        stroke: accent ?? '',
        width: 1.5,
        dash: [...dashOf(at)],
        spanGaps: true,
      })),
    ],
  };
}

/** One row of times in seconds, and for each series its values there. */
function dataOf(series: PlotProps['series']): UPlot.AlignedData {
  const drawn = Array.from(series.values(), (points) => thinned(points, DRAWN));
  const times = [...new Set(drawn.flatMap((points) => points.map(({ time }) => time)))].sort((a, b) => a - b);
  const places = new Map(times.map((time, at) => [time, at]));
  const rows = drawn.map((points) => {
    const row: (number | null)[] = times.map(() => null);
    for (const { time, value } of points) row[places.get(time) ?? 0] = value;
    return row;
  });
  return [times.map((time) => time / 1000), ...rows];
}
