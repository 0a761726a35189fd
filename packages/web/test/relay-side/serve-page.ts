import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** No inline script or style, as the relay serves the app. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
const HTML =
  '<!doctype html><html lang="en"><title>test</title><link rel="stylesheet" href="/style.css"><script type="module" src="/page.js"></script>';

/** Bundles page.ts for browsers and serves it under a strict policy; gives the page's address. */
export async function servePage(t: Pick<TestContext, 'after'>): Promise<string> {
  const bundle = await rolldown({
    input: here('./page.ts'),
    platform: 'browser',
    resolve: { conditionNames: ['browser', 'import', 'default'] },
  });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  const files = new Map(output.map((part) => [`/${part.fileName}`, 'code' in part ? part.code : '']));
  const style = readFileSync(here('../../src/style/relay-side.css'), 'utf8');
  const server = createServer(({ url = '' }, response) => {
    const code = files.get(url);
    const type = code !== undefined ? 'text/javascript' : url === '/style.css' ? 'text/css' : 'text/html';
    response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': POLICY });
    response.end(code ?? (url === '/style.css' ? style : HTML));
  });
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
