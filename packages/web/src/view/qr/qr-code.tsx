import { encodeQR } from 'qr';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';

/** Light modules around a code, as ISO/IEC 18004 asks for. */
const QUIET = 4;

interface QrCodeProps {
  readonly text: string;
  /** What it is, for those who do not see it. */
  readonly label: string;
}

/** A QR code: dark on light in both themes, since not every scanner reads the other. */
export function QrCode({ text, label }: QrCodeProps): JSX.Element {
  const { path, size } = useMemo(() => drawn(text), [text]);
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

/** A stroke for each run of dark modules in a row. */
function drawn(text: string): { readonly path: string; readonly size: number } {
  const rows = encodeQR(text, 'raw', { ecc: 'low', border: QUIET });
  let path = '';
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      const from = x;
      while (row[x]) x++;
      if (x > from) path += `M${from} ${y}h${x - from}v1h${from - x}z`;
    }
  });
  return { path, size: rows.length };
}
