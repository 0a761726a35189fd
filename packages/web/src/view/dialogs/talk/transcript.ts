import { shownName, textOf, type FramedMessage } from '@fernspeak/conversation';

/** A message in a file for others to read. */
export interface Row {
  /** ISO 8601; null: its sender's clock is not known. */
  readonly sentAt: string | null;
  readonly storedAt: string;
  readonly sender: string;
  /** The sender's key; null: nobody's. */
  readonly key: string | null;
  readonly title: string | null;
  /** Null: it does not open, or is no text. */
  readonly text: string | null;
  /** Codes of what was found wrong. */
  readonly findings: readonly string[];
}

const COLUMNS = ['sentAt', 'storedAt', 'sender', 'key', 'title', 'text', 'findings'] as const;
/** Where spreadsheets begin a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/** Acknowledgements are left out: they say nothing. */
export function rowsOf(messages: readonly FramedMessage[]): Row[] {
  return messages
    .filter(({ kind, findings }) => kind !== 'ack' || findings.length > 0)
    .map(({ sentAt, storedAt, sender, title, content, findings }) => ({
      sentAt: sentAt?.toISOString() ?? null,
      storedAt: new Date(storedAt).toISOString(),
      sender: sender ? shownName(sender) : '',
      key: sender?.id ?? null,
      title: title ?? null,
      text: content ? textOf(content) : null,
      findings: findings.map(({ code }) => code),
    }));
}

/** RFC 4180. */
export function asCsv(rows: readonly Row[]): string {
  const lines = rows.map((row) => COLUMNS.map((column) => cell(row[column])).join(','));
  return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}

export function asJson(rows: readonly Row[]): string {
  return `${JSON.stringify(rows, null, 1)}\n`;
}

function cell(value: Row[keyof Row]): string {
  const text = typeof value === 'string' ? value : (value?.join(' ') ?? '');
  const plain = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
