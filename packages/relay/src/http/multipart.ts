import { HttpError } from './errors.ts';

/**
 * The fields of a `multipart/form-data` body (RFC 7578), in order; names and values hold one byte a character (latin1).
 * Parts without a name are passed over. @throws {HttpError} 400 when there is no boundary, no end, or more than `max` parts
 */
export function multipartFields(body: Buffer, contentType: string, max: number): [name: string, value: string][] {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) throw new HttpError('badRequest', 'The multipart body names no boundary.');
  // the line end before a boundary belongs to it; so does the one that the first boundary lacks
  const parts = `\r\n${body.toString('latin1')}`.split(`\r\n--${mark}`, max + 2);
  if (parts.length > max + 1) throw new HttpError('badRequest', 'The body has too many parts.');
  if (parts.length < 2 || !parts.at(-1)?.startsWith('--'))
    throw new HttpError('badRequest', 'The end of the body is missing.');
  const fields: [string, string][] = [];
  for (const part of parts.slice(1)) {
    const end = part.indexOf('\r\n\r\n');
    const name = /^content-disposition:[^\r\n]*?[;\s]name="([^"\r\n]*)"/im.exec(part.slice(0, Math.max(end, 0)))?.[1];
    if (end >= 0 && name !== undefined) fields.push([name, part.slice(end + 4)]);
  }
  return fields;
}
