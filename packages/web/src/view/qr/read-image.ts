import { decodeQR } from 'qr/decode.js';

/** Pictures are read at no more than this, in pixels a side: enough for the densest code, and quick. */
const LARGEST = 2000;
/** For a picture there is time to look twice, in milliseconds. */
const PATIENCE_MS = 2000;

/** What the QR code in a picture says; null: there is none that can be read. */
export async function readImage(file: Blob): Promise<string | null> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (bitmap === null) return null;
  try {
    return readFrame(bitmap, { width: bitmap.width, height: bitmap.height, timeLimit: PATIENCE_MS });
  } finally {
    bitmap.close();
  }
}

interface Frame {
  readonly width: number;
  readonly height: number;
  /** Milliseconds to spend at most on a second look. */
  readonly timeLimit?: number;
}

/** The same of a video's frame. */
export function readFrame(source: CanvasImageSource, { width, height, timeLimit }: Frame): string | null {
  const scale = Math.min(1, LARGEST / Math.max(width, height));
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  const context = new OffscreenCanvas(w, h).getContext('2d', { willReadFrequently: true });
  if (context === null || w === 0 || h === 0) return null;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, w, h);
  context.drawImage(source, 0, 0, w, h);
  try {
    return decodeQR(context.getImageData(0, 0, w, h), timeLimit === undefined ? {} : { timeLimit, effort: 4 });
  } catch {
    return null;
  }
}
