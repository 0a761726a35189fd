import type { Answer } from './answer.ts';
import { HttpError } from './errors.ts';
import type { Params } from './params.ts';
import type { Format, Path, RawRequest } from './request.ts';

/** What a handler gets: a request that belongs to its route, understood. */
export interface RouteRequest {
  readonly raw: RawRequest;
  /** The segments that stand for `:names` in the route's path. */
  readonly captures: Readonly<Record<string, string>>;
  /** What the path's extension asks for, else a single-valued Accept (thingspeak-api 1.2), else null. */
  readonly format: Exclude<Format, 'xml'> | null;
  readonly params: Params;
  /** The key that came along; null when none did. */
  readonly key: string | null;
}

/** One line of the table of routes. */
export interface Route {
  /** Methods that end here, with blanks between them. GET takes HEAD along. */
  readonly methods: string;
  /** Segments; `:name` stands for any one. The extension of the last one is no part of it. */
  readonly path: string;
  readonly formats: readonly Exclude<Format, 'xml'>[];
  readonly handler: (request: RouteRequest) => Answer | Promise<Answer>;
  /** What a refusal is as text, where ThingSpeak has a code of its own for that: `0` on updates. */
  readonly refusal?: string;
  /** True: the body is the handler's own affair, not parameters. */
  readonly ownBody?: boolean;
  /** True: what is not refused is answered for as long as the connection lives, which is handed over for that. */
  readonly live?: boolean;
}

/** A route that fits a path, and what stands there for its `:names`. */
export interface Match {
  readonly route: Route;
  readonly captures: Readonly<Record<string, string>>;
}

/** A route, taken apart. */
interface Line {
  readonly route: Route;
  readonly methods: readonly string[];
  readonly segments: readonly string[];
}

/** Finds routes by method and path. */
export class Router {
  readonly #routes: readonly Line[];
  readonly #live: readonly Line[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => {
      const methods = route.methods.split(' ');
      return { route, methods, segments: route.path.split('/').filter((segment) => segment !== '') };
    });
    this.#live = this.#routes.filter(({ route }) => route.live === true);
  }

  /** True for a path of a live route. Asked for each GET, so it looks at nothing else. */
  isLive(path: Path): boolean {
    return this.#live.some(({ segments }) => capture(segments, path.segments) !== null);
  }

  /** @throws {HttpError} 404 for an unknown path, 405 when the path is known with other methods */
  match(method: string, path: Path): Match {
    const allowed = new Set<string>();
    for (const { route, methods, segments } of this.#routes) {
      const captures = capture(segments, path.segments);
      if (captures === null) continue;
      if (methods.includes(method === 'HEAD' && !methods.includes('POST') ? 'GET' : method)) return { route, captures };
      for (const method of methods) allowed.add(method);
    }
    if (allowed.size === 0) throw new HttpError('notFound', 'There is nothing at this path.');
    const list = [...allowed, 'OPTIONS'].join(', ');
    throw new HttpError('methodInvalid', `This path takes ${list}.`, { Allow: list });
  }
}

function capture(pattern: readonly string[], segments: readonly string[]): Record<string, string> | null {
  if (pattern.length !== segments.length) return null;
  const captures: Record<string, string> = {};
  for (const [index, wanted] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (wanted.startsWith(':')) captures[wanted.slice(1)] = segment;
    else if (wanted !== segment) return null;
  }
  return captures;
}
