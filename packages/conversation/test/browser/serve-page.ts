import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Bundles page.ts for browsers and serves it on loopback, which is a secure context; gives the page's address. */
export async function servePage(t: Pick<TestContext, 'after'>): Promise<string> {
  const bundle = await rolldown({
    input: here('./page.ts'),
    platform: 'browser',
    resolve: {
      conditionNames: ['browser', 'import', 'default'],
      alias: { 'node:test': here('./test.ts'), 'node:assert': here('./assert.ts') },
    },
  });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  const files = new Map(output.map((part) => [`/${part.fileName}`, 'code' in part ? part.code : '']));
  const server = createServer((request, response) => {
    const code = files.get(request.url ?? '');
    const type = code === undefined ? 'text/html' : 'text/javascript';
    response.writeHead(200, { 'Content-Type': type });
    response.end(code ?? '<!doctype html><title>test</title><script type="module" src="/page.js"></script>');
  });
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
