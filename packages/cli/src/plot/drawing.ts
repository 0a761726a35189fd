import { thinned, type Point } from '@fernspeak/conversation/readings';

/** In characters. */
export interface PlotSize {
  readonly width: number;
  readonly height: number;
}

/** Of each dot in a braille character (U+2800 …), by row and column. */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;
const [DOTS_ACROSS, DOTS_DOWN] = [2, 4];
/** A pause so many times longer than the usual one is a gap: no line leads across it. */
const GAP = 5;
/** Under an hour the seconds are told. */
const SHORT_MS = 3_600_000;

/** Lines of a plot with its axes: values at the left, times (UTC) below. Points are given by time, at least one. */
export function drawing(points: readonly Point[], { width, height }: PlotSize): string[] {
  const [low, high] = range(points);
  const labels = [high, low / 2 + high / 2, low].map(shortNumber);
  const margin = Math.max(...labels.map((label) => label.length));
  const across = Math.max(8, width - margin - 2);
  const down = Math.max(3, height - 2);
  const rows = canvas(points, { across, down, low, high });
  const labelOf = new Map([
    [0, labels[0]],
    [down >> 1, labels[1]],
    [down - 1, labels[2]],
  ]);
  return [
    ...rows.map((row, at) => {
      const label = labelOf.get(at);
      return `${(label ?? '').padStart(margin)} ${label === undefined ? '│' : '┤'}${row}`.trimEnd();
    }),
    `${' '.repeat(margin)} └${'─'.repeat(across)}`,
    `${' '.repeat(margin + 2)}${timeAxis(points, across)}`.trimEnd(),
  ];
}

/** Short enough for a label: six digits. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** The lowest and the highest value; of one value alone, something round it. */
function range(points: readonly Point[]): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const { value } of points) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const around = Math.abs(low) / 10 || 1;
  return low === high ? [finite(low - around), finite(high + around)] : [low, high];
}

function finite(value: number): number {
  return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value));
}

interface Scale {
  readonly across: number;
  readonly down: number;
  readonly low: number;
  readonly high: number;
}

function canvas(points: readonly Point[], { across, down, low, high }: Scale): string[] {
  const cells = Array.from({ length: down }, () => new Uint8Array(across));
  const [columns, rows] = [across * DOTS_ACROSS - 1, down * DOTS_DOWN - 1];
  const first = points[0]?.time ?? 0;
  const duration = (points.at(-1)?.time ?? first) - first || 1;
  const pause = usualPause(points) * GAP;
  const dot = (x: number, y: number): void => {
    const row = cells[Math.floor(y / DOTS_DOWN)];
    const at = Math.floor(x / DOTS_ACROSS);
    if (row) row[at] = (row[at] ?? 0) | (DOTS[y % DOTS_DOWN]?.[x % DOTS_ACROSS] ?? 0);
  };
  let before: { x: number; y: number; time: number } | null = null;
  for (const { time, value } of thinned(points, columns * 2)) {
    const x = Math.round(((time - first) / duration) * columns);
    // halved: the distance of two large values must not overflow
    const y = Math.round((1 - (value / 2 - low / 2) / (high / 2 - low / 2 || 1)) * rows);
    if (before === null || time - before.time > Math.max(pause, (duration / columns) * 2)) dot(x, y);
    else line(before, { x, y }, dot);
    before = { x, y, time };
  }
  return cells.map((row) =>
    Array.from(row, (dots) => (dots === 0 ? ' ' : String.fromCodePoint(0x2800 + dots))).join(''),
  );
}

function line(from: { x: number; y: number }, to: { x: number; y: number }, dot: (x: number, y: number) => void): void {
  const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y), 1);
  for (let step = 0; step <= steps; step++) {
    const part = step / steps;
    dot(Math.round(from.x + (to.x - from.x) * part), Math.round(from.y + (to.y - from.y) * part));
  }
}

function usualPause(points: readonly Point[]): number {
  const pauses = points.slice(1).map(({ time }, at) => time - (points[at]?.time ?? time));
  return pauses.toSorted((a, b) => a - b)[pauses.length >> 1] ?? 0;
}

function timeAxis(points: readonly Point[], across: number): string {
  const [first, last] = [points[0]?.time ?? 0, points.at(-1)?.time ?? 0];
  const [from, to] = [first, last].map((time) => moment(time, last - first < SHORT_MS)) as [string, string];
  return from.length + to.length + 2 > across ? from : `${from}${to.padStart(across - from.length)}`;
}

function moment(time: number, seconds: boolean): string {
  return `${new Date(time)
    .toISOString()
    .slice(0, seconds ? 19 : 16)
    .replace('T', ' ')}Z`;
}
