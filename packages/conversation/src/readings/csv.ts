import type { Point } from './series.ts';

/** What a spreadsheet would run (OWASP, "CSV Injection"), the full-width signs included. */
const FORMULA = /^[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

/**
 * The readings as CSV (RFC 4180, CR LF): `time` (ISO 8601 UTC), `entry_id`, and a column for each series; a row for each
 * entry and time, by time. An apostrophe stands before a name that a spreadsheet would take for a formula; numbers stay
 * as they are, also negative ones.
 */
export function readingsCsv(series: ReadonlyMap<string, readonly Point[]>): string {
  const names = [...series.keys()];
  const rows = new Map<string, { point: Point; cells: string[] }>();
  for (const [column, name] of names.entries()) {
    for (const point of series.get(name) ?? []) {
      const at = `${point.entryId} ${point.time}`;
      const row = rows.get(at) ?? { point, cells: names.map(() => '') };
      row.cells[column] = String(point.value);
      rows.set(at, row);
    }
  }
  const sorted = [...rows.values()].sort((a, b) => a.point.time - b.point.time || a.point.entryId - b.point.entryId);
  const lines = sorted.map(({ point, cells }) =>
    [new Date(point.time).toISOString(), point.entryId, ...cells].join(','),
  );
  return [['time', 'entry_id', ...names.map(nameCell)].join(','), ...lines, ''].join('\r\n');
}

function nameCell(name: string): string {
  const harmless = (FORMULA.test(name) ? `'${name}` : name).replace(/[;\t\r\n]/g, ' ');
  return /[",]|^\s|\s$|^$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
