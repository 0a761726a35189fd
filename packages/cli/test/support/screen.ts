/**
 * What stands on a terminal after all that was written to it, row by row: as much of ECMA-48 as line editors use, and a
 * failure for anything else. Rows that have scrolled away are kept.
 */
export function screenOf(written: string, columns: number): string[] {
  const rows: string[][] = [[]];
  let [row, column] = [0, 0];
  // oxlint-disable-next-line no-control-regex -- escape sequences are what this reads
  const pieces = written.match(/\u001b\[[0-9;]*[A-Za-z]|[\s\S]/gu) ?? [];
  for (const piece of pieces) {
    if (piece === '\r') column = 0;
    else if (piece === '\n') row += 1;
    else if (piece === '\b') column = Math.max(column - 1, 0);
    else if (piece.startsWith('\u001b[')) control(piece.at(-1) ?? '', Number(piece.slice(2, -1).split(';')[0] || '0'));
    else if (piece < ' ') throw new Error(`a terminal was sent ${JSON.stringify(piece)}`);
    else {
      if (column >= columns) [row, column] = [row + 1, 0];
      line(row)[column] = piece;
      column += 1;
    }
    line(row);
  }
  return rows.map((cells) =>
    Array.from(cells, (cell) => cell ?? ' ')
      .join('')
      .trimEnd(),
  );

  function line(at: number): string[] {
    while (rows.length <= at) rows.push([]);
    return rows[at] ?? [];
  }

  function control(final: string, count: number): void {
    const by = Math.max(count, 1);
    if (final === 'A') row = Math.max(row - by, 0);
    else if (final === 'B') row += by;
    else if (final === 'C') column += by;
    else if (final === 'D') column = Math.max(column - by, 0);
    else if (final === 'G') column = by - 1;
    else if (final === 'J' && count === 0) {
      line(row).length = Math.min(line(row).length, column);
      rows.length = row + 1;
    } else if (final === 'K' && count === 0) line(row).length = Math.min(line(row).length, column);
    else if (final !== 'm') throw new Error(`a terminal was sent ESC [ ${count} ${final}`);
  }
}
