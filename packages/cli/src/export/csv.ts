import type { MessageRecord } from '../listen/record.ts';

/** The columns, and what of a message each has. */
const COLUMNS: readonly (readonly [
  name: string,
  value: (record: MessageRecord) => string | number | null | undefined,
])[] = [
  ['id', ({ id }) => id],
  ['entry_id', ({ entryId }) => entryId],
  ['stored_at', ({ storedAt }) => storedAt],
  ['sent_at', ({ sentAt }) => sentAt],
  ['sender', ({ sender }) => sender?.name],
  ['sender_key', ({ sender }) => sender?.key],
  ['verified', ({ sender }) => sender && (sender.verified ? 'yes' : 'no')],
  ['n', ({ n }) => n],
  ['kind', ({ kind }) => kind],
  ['sealed', ({ sealed }) => (sealed ? 'yes' : 'no')],
  ['title', ({ title }) => title],
  ['priority', ({ priority }) => priority],
  ['text', ({ text }) => text],
  ['bytes', ({ bytes }) => bytes],
  ['findings', ({ findings }) => findings.map(({ code }) => code).join(' ')],
];

/** What a spreadsheet would run as a formula (OWASP, "CSV Injection"), the full-width signs that some take as well included. */
const FORMULA = /^[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;
/** Where the separator is a semicolon or a tab, not even quotes keep a cell together that was written for commas. */
const INNER_FORMULA = /(?<=[;\t])(?=\s*(?:[=@\uff1d\uff20]|[+\-\uff0b\uff0d]\s*[\w(]))/g;
/** A number is no formula; a sensor's often begins with a minus. */
const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const NEEDS_QUOTES = /[",;\t\r\n]|^\s|\s$|^$/;

export function csvHeader(): string {
  return `${COLUMNS.map(([name]) => name).join(',')}\r\n`;
}

/** One row (RFC 4180); an apostrophe stands before what would be a formula. */
export function csvRow(record: MessageRecord): string {
  return `${COLUMNS.map(([, value]) => csvCell(value(record) ?? '')).join(',')}\r\n`;
}

/** One cell, harmless in a spreadsheet. */
export function csvCell(value: string | number): string {
  const text = String(value);
  if (text === '') return '';
  const inner = text.replace(INNER_FORMULA, "'");
  const harmless = FORMULA.test(text) && !NUMBER.test(text) ? `'${inner}` : inner;
  return NEEDS_QUOTES.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
