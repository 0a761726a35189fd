import type { Message } from '@fernspeak/conversation';
import { Series, readingsOf, statistics, type Point, type Statistics } from '@fernspeak/conversation/readings';
import { usageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { Unreadable, type Printer } from '../receive/printer.ts';
import { jsonLine } from '../terminal/json.ts';
import { write } from '../terminal/output.ts';
import { visibleLine } from '../terminal/visible.ts';
import { drawing, shortNumber, type PlotSize } from './drawing.ts';

/** Where stdout is no terminal. */
const PLAIN: PlotSize = { width: 80, height: 20 };
const LEAST_HEIGHT = 6;
/** The name above, the numbers below, and an empty line. */
const AROUND = 3;

/** Readings as plots, one for each series, once everything is there. */
export class PlotPrinter implements Printer {
  readonly #io: Io;
  readonly #field: string | null;
  readonly #series = new Series();
  readonly #unreadable = new Unreadable();
  #others = 0;

  /** @param field the only series to show; null: all */
  constructor(io: Io, field: string | null) {
    this.#io = io;
    this.#field = field;
  }

  print(message: Message): Promise<void> {
    if (message.content === null) this.#unreadable.add(message);
    else if (readingsOf(message).length === 0) this.#others += 1;
    else this.#series.add(message);
    return Promise.resolve();
  }

  async finish(opened: boolean): Promise<void> {
    if (!opened) return;
    const { series, omitted } = this.#series.take();
    const chosen = [...series].filter(([name]) => this.#field === null || name === this.#field);
    if (series.size > 0 && chosen.length === 0) throw noSuchSeries([...series.keys()]);
    await write(this.#io.json ? jsonLine({ series: chosen.map(record), omitted }) : this.#text(chosen));
    this.#say(series.size, omitted);
  }

  #say(series: number, omitted: string | null): void {
    const unreadable = this.#unreadable.take();
    if (unreadable !== null) this.#io.warn('unreadable', unreadable);
    if (omitted !== null) this.#io.warn('omitted', omitted);
    if (series === 0)
      this.#io.note('No readings here: a plot needs messages that are numbers or flat JSON, and sealed.');
    else if (this.#others > 0) this.#io.note(`Left out, as they are no sealed numbers: ${this.#others} messages.`);
  }

  #text(chosen: readonly (readonly [string, readonly Point[]])[]): string {
    const { width, height } = this.#size();
    const each = Math.max(LEAST_HEIGHT, Math.floor(height / Math.max(1, chosen.length)) - AROUND);
    return chosen
      .map(([name, points]) =>
        [
          this.#io.style.bold(visibleLine(name)),
          ...drawing(points, { width, height: each }),
          summary(statistics(points)),
          '',
        ].join('\n'),
      )
      .join('\n');
  }

  #size(): PlotSize {
    if (!this.#io.terminal) return PLAIN;
    const { columns, rows } = process.stdout;
    // a terminal that does not know its size says 0
    return { width: columns || PLAIN.width, height: rows ? rows - 1 : PLAIN.height };
  }
}

function summary(numbers: Statistics | null): string {
  if (numbers === null) return '';
  const { count, min, mean, max, median } = numbers;
  const told = Object.entries({ min, mean, median, max }).map(([name, value]) => `${name} ${shortNumber(value)}`);
  return `${count} ${count === 1 ? 'value' : 'values'} · ${told.join(' · ')}`;
}

function record([name, points]: readonly [string, readonly Point[]]): object {
  return {
    name,
    statistics: statistics(points),
    points: points.map(({ time, value, entryId }) => ({ at: new Date(time).toISOString(), value, entryId })),
  };
}

function noSuchSeries(names: readonly string[]): Error {
  return usageError('There are no readings of that name here.', `There are: ${names.map(visibleLine).join(', ')}`);
}
