/** A cell of a row: null = empty, '' = written as `""`. */
export type Cell = string | null;

/** One cell in ThingSpeak's shape (Ruby CSV): null is empty, '' is `""`; comma, quote, CR, LF and blanks at either end are quoted. */
export function quoteCell(value: Cell): string {
  if (value === null) return '';
  return value === '' || /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** A row without its line end. */
export function csvRow(cells: readonly Cell[]): string {
  return cells.map(quoteCell).join(',');
}

/** The cells of one row without its line end; a quoted cell may hold commas, doubled quotes and line ends. */
export function splitRow(row: string): Cell[] {
  if (!row.includes('"')) return row.split(',').map((cell) => (cell === '' ? null : cell));
  const cells: Cell[] = [];
  let at = 0;
  for (;;) {
    const { cell, end } = row[at] === '"' ? quotedCell(row, at) : bareCell(row, at);
    cells.push(cell);
    if (end >= row.length) return cells;
    at = end + 1;
  }
}

function bareCell(row: string, start: number): { cell: Cell; end: number } {
  const comma = row.indexOf(',', start);
  const end = comma < 0 ? row.length : comma;
  return { cell: end === start ? null : row.slice(start, end), end };
}

function quotedCell(row: string, start: number): { cell: Cell; end: number } {
  let text = '';
  let at = start + 1;
  for (;;) {
    const quote = row.indexOf('"', at);
    if (quote < 0) return { cell: text + row.slice(at), end: row.length };
    text += row.slice(at, quote);
    if (row[quote + 1] !== '"') {
      // whatever stands between the closing quote and the comma belongs to the cell, as lenient readers have it
      const rest = bareCell(row, quote + 1);
      return { cell: text + (rest.cell ?? ''), end: rest.end };
    }
    text += '"';
    at = quote + 2;
  }
}

/** The rows of a whole text without their line ends (LF or CRLF); line ends inside of quotes do not count. */
export function splitRows(text: string): string[] {
  const rows: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') quoted = !quoted;
    if (text[at] !== '\n' || quoted) continue;
    rows.push(text.slice(start, text[at - 1] === '\r' && at > start ? at - 1 : at));
    start = at + 1;
  }
  if (start < text.length) rows.push(text.slice(start));
  return rows;
}
