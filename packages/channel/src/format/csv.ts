/** A cell of a row: null = empty, '' = written as `""`. */
export type Cell = string | null;

/** One cell in ThingSpeak's shape (Ruby CSV): null is empty, '' is `""`, comma, quote, CR and LF are quoted. */
export function quoteCell(value: Cell): string {
  if (value === null) return '';
  // Ruby's CSV also quotes a cell that begins or ends with a blank
  return value === '' || /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** A row without its line end. */
export function csvRow(cells: readonly Cell[]): string {
  return cells.map(quoteCell).join(',');
}
