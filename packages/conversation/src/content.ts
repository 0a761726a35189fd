/** What is sealed: bytes, as they are. */
export interface Content {
  readonly bytes: Uint8Array;
}

/** A plain body `{"title", "message", "priority"}`: what a script or a server reports. */
export interface Alert {
  readonly title?: string;
  readonly message: string;
  readonly priority?: string | number;
}

/** Content from text (as UTF-8) or from bytes (as they are; not copied). */
export function contentOf(data: string | Uint8Array): Content {
  return { bytes: typeof data === 'string' ? new TextEncoder().encode(data) : data };
}

/** The content's text; null when its bytes are not UTF-8. A byte order mark stays: what was sealed is what comes out. */
export function textOf(content: Content): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content.bytes);
  } catch {
    return null;
  }
}

/**
 * The alert that a plain body is; null when it is not one. An alert is a JSON object with a string `message` and beside it
 * nothing but a string `title` and a `priority` (string or finite number), at least one of the two: other JSON,
 * a sensor's say, is text.
 */
export function alertOf(content: Content): Alert | null {
  const FIRST = 0x7b; // '{': nearly every text is told apart by its first byte
  if (content.bytes[0] !== FIRST) return null;
  const body = parse(textOf(content));
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null;
  const { title, message, priority, ...others } = body as Record<string, unknown>;
  if (typeof message !== 'string' || Object.keys(others).length > 0) return null;
  if (title === undefined && priority === undefined) return null;
  if (title !== undefined && typeof title !== 'string') return null;
  if (priority !== undefined && typeof priority !== 'string' && !Number.isFinite(priority)) return null;
  return {
    message,
    ...(title === undefined ? {} : { title }),
    ...(priority === undefined ? {} : { priority: priority as string | number }),
  };
}

function parse(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
