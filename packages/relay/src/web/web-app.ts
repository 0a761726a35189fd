import { hash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, relative } from 'node:path';
import { RelayError } from '../relay-error.ts';

/** How the app is served. */
export interface WebAppOptions {
  /** The folder of the built app, its compressed forms beside each file (`.br`, `.gz`). */
  readonly folder: string;
  /** Sources for `connect-src` beside the relay itself: `https://other.example`, or `http: https:` for any. */
  readonly connect?: string | undefined;
  /** True: reached over https only, which browsers then remember. */
  readonly https?: boolean | undefined;
}

interface WebFile {
  readonly headers: Readonly<Record<string, string>>;
  readonly bodies: Readonly<Record<Encoding, Buffer | null>>;
}

type Encoding = 'br' | 'gzip' | 'identity';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  webmanifest: 'application/manifest+json',
  svg: 'image/svg+xml',
  png: 'image/png',
  wasm: 'application/wasm',
};
/** Names with a hash of their content never get other content. */
const HASHED = /^\/assets\//;
/** A year: what caches take for ever. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/**
 * The app's files, read once and served from memory. Nothing of what users stored is among them, and no path of a request is
 * ever looked up on disk.
 *
 * @throws RelayError `web-unusable`: the folder has no built app
 */
export class WebApp {
  readonly #files: ReadonlyMap<string, WebFile>;

  constructor({ folder, connect, https = false }: WebAppOptions) {
    const common = securityHeaders(connect, https);
    const names = namesIn(folder);
    if (!names.includes('index.html')) throw unusable(folder);
    const plain = names.filter((name) => !/\.(?:br|gz)$/.test(name));
    this.#files = new Map(
      plain.map((name) => {
        const read = (suffix: string): Buffer | null =>
          names.includes(name + suffix) ? readFileSync(join(folder, name + suffix)) : null;
        const identity = readFileSync(join(folder, name));
        const path = name === 'index.html' ? '/' : `/${name}`;
        return [path, fileOf(path, name, { br: read('.br'), gzip: read('.gz'), identity }, common)];
      }),
    );
  }

  /** Answers a request for one of the app's files; false: it is for the API. Never looks at a body. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const file = this.#wanted(request);
    if (file === null) return false;
    const { headers, bodies } = file;
    if (request.headers['if-none-match']?.includes(headers['ETag'] ?? '-')) {
      response.writeHead(304, headers).end();
      return true;
    }
    const encoding = encodingFor(request.headers['accept-encoding'] ?? '', bodies);
    const body = bodies[encoding] ?? Buffer.alloc(0);
    const encoded = encoding === 'identity' ? {} : { 'Content-Encoding': encoding };
    response.writeHead(200, { ...headers, ...encoded, 'Content-Length': body.length });
    response.end(request.method === 'HEAD' ? undefined : body);
    return true;
  }

  /** The page itself only for who takes HTML: `curl http://relay/` goes on to be told of the API. */
  #wanted({ method, url = '', headers }: IncomingMessage): WebFile | null {
    if (method !== 'GET' && method !== 'HEAD') return null;
    const path = url.split('?', 1)[0] ?? '';
    if (path === '/' && !(headers.accept ?? '').includes('text/html')) return null;
    return this.#files.get(path) ?? null;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
  } catch (cause) {
    throw unusable(folder, cause);
  }
}

function unusable(folder: string, cause?: unknown): RelayError {
  return new RelayError(
    'web-unusable',
    `There is no built app in ${folder}.`,
    'npm run build:web builds it; --web none goes without.',
    { cause },
  );
}

function fileOf(
  path: string,
  name: string,
  bodies: WebFile['bodies'],
  common: Readonly<Record<string, string>>,
): WebFile {
  const type = TYPES[name.split('.').pop() ?? ''] ?? 'application/octet-stream';
  // weak: the same for every encoding
  const etag = `W/"${hash('sha256', bodies.identity ?? Buffer.alloc(0), 'base64url').slice(0, 22)}"`;
  const kept = HASHED.test(path) ? FOR_EVER : 'no-cache';
  // at `/` who does not take HTML is told of the API
  const vary = path === '/' ? 'Accept, Accept-Encoding' : 'Accept-Encoding';
  return {
    headers: { 'Content-Type': type, ETag: etag, 'Cache-Control': kept, Vary: vary, ...common },
    bodies,
  };
}

function encodingFor(accepted: string, bodies: WebFile['bodies']): Encoding {
  const takes = (name: string): boolean =>
    new RegExp(`(?:^|,)\\s*${name}\\s*(?:$|,|;(?!\\s*q=0(?:\\.0*)?\\s*(?:$|,)))`).test(accepted);
  if (bodies.br && takes('br')) return 'br';
  return bodies.gzip && takes('gzip') ? 'gzip' : 'identity';
}

/**
 * The policy that the app runs under: nothing inline, nothing of others, one Trusted Types policy for worker addresses;
 * `wasm-unsafe-eval` is for Argon2id alone, which is WebAssembly.
 */
function securityHeaders(connect: string | undefined, https: boolean): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${connect === undefined ? '' : ` ${connect}`}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types app-script-url',
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(self), microphone=(), geolocation=()',
    ...(https ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}),
  };
}
