import { deflateSync, crc32 } from 'node:zlib';

/** The colours and the shape of public/icon.svg, in its units. */
const SIDE = 64;
const GREEN = [0x2f, 0x5d, 0x62] as const;
const WHITE = [0xff, 0xff, 0xff] as const;
const CORNER = 14;
const BUBBLE = { left: 12, top: 18, right: 52, bottom: 44, corner: 4 };
/** Samples of a pixel in each direction. */
const SAMPLES = 4;

interface Icon {
  readonly name: string;
  /** Pixels. */
  readonly side: number;
  /** Rounded corners; without them the whole square is filled, and the system cuts it as it likes. */
  readonly rounded: boolean;
}

const ICONS: readonly Icon[] = [
  { name: 'icon-192.png', side: 192, rounded: true },
  { name: 'icon-512.png', side: 512, rounded: true },
  { name: 'icon-maskable-512.png', side: 512, rounded: false },
  { name: 'apple-touch-icon.png', side: 180, rounded: false },
];

/** The icon as PNG files, for systems that take no SVG: their names and bytes. */
export function drawIcons(): (readonly [name: string, png: Buffer])[] {
  return ICONS.map((icon) => [icon.name, pngOf(icon)] as const);
}

function pngOf({ side, rounded }: Icon): Buffer {
  // each row begins with its filter: none
  const rows = Buffer.alloc(side * (side * 4 + 1));
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) rows.set(pixel(x, y, side, rounded), y * (side * 4 + 1) + 1 + x * 4);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 6, 0, 0, 0], 8); // eight bits, RGBA
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = deflateSync(rows, { level: 9 });
  return Buffer.concat([signature, part('IHDR', header), part('IDAT', data), part('IEND', Buffer.alloc(0))]);
}

/** A chunk of a PNG file: length, name, content, CRC. */
function part(name: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const out = Buffer.alloc(named.length + 8);
  out.writeUInt32BE(content.length, 0);
  out.set(named, 4);
  out.writeUInt32BE(crc32(named), named.length + 4);
  return out;
}

/** Red, green, blue, opacity of a pixel, from the samples in it. */
function pixel(x: number, y: number, side: number, rounded: boolean): number[] {
  let [inside, white] = [0, 0];
  for (let at = 0; at < SAMPLES * SAMPLES; at++) {
    const u = ((x + ((at % SAMPLES) + 0.5) / SAMPLES) * SIDE) / side;
    const v = ((y + (Math.floor(at / SAMPLES) + 0.5) / SAMPLES) * SIDE) / side;
    if (rounded && !inRounded(u, v, { left: 0, top: 0, right: SIDE, bottom: SIDE, corner: CORNER })) continue;
    inside++;
    if (inRounded(u, v, BUBBLE) || inTail(u, v)) white++;
  }
  const share = inside === 0 ? 0 : white / inside;
  const colour = GREEN.map((value, channel) => Math.round(value + ((WHITE[channel] ?? 0) - value) * share));
  return [...colour, Math.round((255 * inside) / (SAMPLES * SAMPLES))];
}

function inRounded(u: number, v: number, { left, top, right, bottom, corner }: typeof BUBBLE): boolean {
  const across = Math.max(left + corner - u, u - (right - corner), 0);
  const down = Math.max(top + corner - v, v - (bottom - corner), 0);
  return Math.hypot(across, down) <= corner;
}

/** The triangle below the bubble: (20, 44), (30, 44), (20, 52). */
function inTail(u: number, v: number): boolean {
  return u >= 20 && v >= BUBBLE.bottom && (u - 20) / 10 + (v - BUBBLE.bottom) / 8 <= 1;
}
