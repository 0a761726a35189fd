export { readingsOf, isReadings, type Reading } from './readings/reading.ts';
export { MAX_SERIES, Series, type Point, type SeriesSet } from './readings/series.ts';
export { within, statistics, type Span, type Statistics } from './readings/statistics.ts';
export { thinned } from './readings/thinned.ts';
export { readingsCsv } from './readings/csv.ts';
