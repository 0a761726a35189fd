import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { startAppServer, startRelay, type RelayOptions } from '@fernspeak/relay';
import { createChannel, temporaryFolder } from '@fernspeak/test';

const PAGE = '<!doctype html><title>the app</title>';
const SCRIPT = 'export const app = 1;\n'.repeat(50);
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/** A folder as the build makes one, a file outside of it, and one that no build makes. */
function appFolder(t: TestContext): string {
  const outside = temporaryFolder(t);
  writeFileSync(join(outside, 'secret.txt'), 'a secret');
  const folder = join(outside, 'web');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  for (const [name, text] of [
    ['index.html', PAGE],
    ['assets/main-4f3a.js', SCRIPT],
    ['build.json', '{"hash":"00"}'],
  ] as const) {
    writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(text));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(text));
  }
  writeFileSync(join(folder, 'icon.png'), Buffer.from([0x89, 0x50]));
  return folder;
}

interface Reply {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends the path as it stands: `fetch` would tidy it up. */
async function ask(url: string, path: string, headers: object = {}, method = 'GET'): Promise<Reply> {
  const { hostname, port } = new URL(url);
  const sent = request({ hostname, port, path, method, headers: { ...headers } });
  sent.end();
  const [answer] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  const body = Buffer.concat(await answer.toArray());
  return { status: answer.statusCode, headers: answer.headers, body };
}

async function serving(t: TestContext, options: RelayOptions = {}): Promise<string> {
  const relay = await startRelay({ port: 0, data: join(temporaryFolder(t), 'data'), web: appFolder(t), ...options });
  t.after(() => relay.close());
  return relay.url;
}

const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; " +
  "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; " +
  "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types app-script-url";

describe('a relay with the app', () => {
  test('gives the page to who takes HTML, and tells a program of the API', async (t) => {
    const url = await serving(t);
    const page = await ask(url, '/', HTML);
    assert.equal(page.status, 200);
    assert.equal(page.body.toString(), PAGE);
    assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(page.headers.vary, 'Accept, Accept-Encoding');
    assert.equal((await ask(url, '/?utm=1', HTML)).body.toString(), PAGE);
    const told = await ask(url, '/', { accept: '*/*' });
    assert.notEqual(told.headers['content-type'], 'text/html; charset=utf-8');
    assert.doesNotMatch(told.body.toString(), /doctype/);
  });

  test('every file of it has the policy and the other headers, also when it did not change', async (t) => {
    const url = await serving(t);
    const { etag = '' } = (await ask(url, '/', HTML)).headers;
    for (const [path, more] of [
      ['/', HTML],
      ['/', { ...HTML, 'if-none-match': etag }],
      ['/assets/main-4f3a.js', {}],
      ['/build.json', {}],
      ['/icon.png', {}],
    ] as const) {
      const { headers } = await ask(url, path, more);
      assert.equal(headers['content-security-policy'], POLICY, path);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['referrer-policy'], 'no-referrer');
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
      assert.equal(headers['cross-origin-embedder-policy'], 'require-corp');
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
      assert.match(String(headers['permissions-policy']), /camera=\(self\)/);
      assert.equal(headers['strict-transport-security'], undefined);
      assert.equal(headers['access-control-allow-origin'], undefined);
    }
  });

  test('names with a hash stay for ever, others are asked for again', async (t) => {
    const url = await serving(t);
    const script = await ask(url, '/assets/main-4f3a.js');
    assert.equal(script.headers['cache-control'], 'public, max-age=31536000, immutable');
    for (const path of ['/build.json', '/icon.png']) {
      assert.equal((await ask(url, path)).headers['cache-control'], 'no-cache');
    }
    const again = await ask(url, '/build.json', {
      'if-none-match': `"x", ${(await ask(url, '/build.json')).headers.etag}`,
    });
    assert.deepEqual([again.status, again.body.length], [304, 0]);
    assert.equal((await ask(url, '/build.json', { 'if-none-match': 'W/"x"' })).status, 200);
  });

  test('HEAD says what GET would, without it', async (t) => {
    const url = await serving(t);
    const [head, get] = [await ask(url, '/build.json', {}, 'HEAD'), await ask(url, '/build.json')];
    assert.deepEqual([head.status, head.body.length], [200, 0]);
    const { date: _head, ...headHeaders } = head.headers;
    const { date: _get, ...getHeaders } = get.headers;
    assert.deepEqual(headHeaders, getHeaders);
    assert.equal((await ask(url, '/build.json', {}, 'POST')).headers['content-security-policy'] === POLICY, false);
  });

  for (const [accepted, encoding, read] of [
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['gzip;q=1.0', 'gzip', gunzipSync],
    ['br;q=0, gzip', 'gzip', gunzipSync],
    ['gzip; q=0.000, identity', undefined, (bytes: Buffer) => bytes],
    ['brotli', undefined, (bytes: Buffer) => bytes],
    ['', undefined, (bytes: Buffer) => bytes],
  ] as const) {
    test(`who accepts "${accepted}" gets ${encoding ?? 'it as it is'}`, async (t) => {
      const url = await serving(t);
      const { headers, body } = await ask(url, '/assets/main-4f3a.js', { 'accept-encoding': accepted });
      assert.equal(headers['content-encoding'], encoding);
      assert.equal(Number(headers['content-length']), body.length);
      assert.equal(read(body).toString(), SCRIPT);
    });
  }

  for (const path of [
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/..\\..\\secret.txt',
    '//secret.txt',
    '/assets/../index.html',
    '/index.html/',
    '/assets/',
    '/assets',
    '/build.json.br',
    '/build.json%00',
    '/BUILD.JSON',
    '/__proto__',
    '/constructor',
    'http://elsewhere.example/build.json',
  ]) {
    test(`${path} is none of its files`, async (t) => {
      const { headers, body, status } = await ask(await serving(t), path, HTML);
      assert.ok(status !== undefined && status >= 400, `${status}`);
      assert.notEqual(headers['content-security-policy'], POLICY);
      assert.doesNotMatch(body.toString('latin1'), /a secret|the app|"hash"/);
    });
  }

  test('the API is what it is without the app', async (t) => {
    const urls = [await serving(t), await serving(t, { web: 'none' })] as const;
    const seen: unknown[][] = [];
    for (const url of urls) {
      const { writeKey } = await createChannel(url, { name: 'one' });
      const replies: unknown[] = [];
      for (const path of [
        `/update?api_key=${writeKey}&field1=hello`,
        '/channels/1/feeds.json',
        '/channels/1.json',
        '/healthz',
        '/nowhere',
        '/channels/9.json',
      ]) {
        const { status, headers, body } = await ask(url, path, HTML);
        const { date: _date, etag: _etag, 'last-modified': _modified, ...rest } = headers;
        replies.push([
          path.replace(writeKey, 'KEY'),
          status,
          rest,
          body.toString().replaceAll(/\d{4}-[\d-]+T[\d:]+Z|\*{12}\w{4}/g, '…'),
        ]);
      }
      seen.push(replies);
    }
    assert.deepEqual(seen[0], seen[1]);
  });

  test('other relays are reached only as its owner says, and https is remembered only where it is', async (t) => {
    const url = await serving(t, { connect: 'https://relay.example', publicUrl: 'https://ours.example' });
    const { headers } = await ask(url, '/', HTML);
    assert.match(String(headers['content-security-policy']), /; connect-src 'self' https:\/\/relay\.example; /);
    assert.equal(headers['strict-transport-security'], 'max-age=31536000');
    const plain = await serving(t, { publicUrl: 'http://ours.example' });
    assert.equal((await ask(plain, '/', HTML)).headers['strict-transport-security'], undefined);
  });

  test('without an app in the folder it does not start', async (t) => {
    const data = temporaryFolder(t);
    await assert.rejects(startRelay({ port: 0, data, web: data }), {
      code: 'web-unusable',
      message: `There is no built app in ${data}.`,
    });
    await assert.rejects(startRelay({ port: 0, data, web: join(data, 'nowhere') }), { code: 'web-unusable' });
  });
});

describe("the app from one's own machine", () => {
  test('may reach any relay, says which one makes channels, and serves nothing else', async (t) => {
    const server = await startAppServer({ folder: appFolder(t), port: 0, relay: 'https://relay.example' });
    t.after(() => server.close());
    const page = await ask(server.url, '/', HTML);
    assert.match(String(page.headers['content-security-policy']), /; connect-src 'self' http: https:; /);
    const about = await ask(server.url, '/served-by.json');
    assert.deepEqual(JSON.parse(about.body.toString()), { own: true, relay: 'https://relay.example' });
    for (const path of ['/channels.json', '/update', '/healthz', '/../secret.txt']) {
      assert.equal((await ask(server.url, path, HTML)).status, 404, path);
    }
  });

  test('a port in use is said, and no other one taken', async (t) => {
    const folder = appFolder(t);
    const first = await startAppServer({ folder, port: 0, relay: 'https://relay.example' });
    t.after(() => first.close());
    const port = Number(new URL(first.url).port);
    await assert.rejects(startAppServer({ folder, port, relay: 'https://relay.example' }), {
      code: 'address-in-use',
      message: `Port ${port} is in use.`,
    });
  });
});
