import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { buildInto, hashOf, type Built } from '../../build/folder.ts';
import { BUDGET, sizeTable } from '../../build/sizes.ts';

interface BuildList {
  readonly hash: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Path → bytes of every file of a folder. */
function bytesIn(folder: string): ReadonlyMap<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).toSorted();
  return new Map(paths.map((path) => [path.slice(folder.length).replaceAll('\\', '/'), readFileSync(path)]));
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64');

describe('npm run build:web', () => {
  let built: Built;
  let files: ReadonlyMap<string, Buffer>;
  let list: BuildList;
  let again: ReadonlyMap<string, Buffer>;
  let page: string;
  const folder = mkdtempSync(join(tmpdir(), 'fernspeak-test-'));
  after(() => rmSync(folder, { recursive: true }));

  before(async () => {
    const [one, two] = [join(folder, 'one'), join(folder, 'and', 'two')];
    built = await buildInto(one);
    files = bytesIn(one);
    await buildInto(two);
    again = bytesIn(two);
    page = String(files.get('/index.html'));
    list = JSON.parse(String(files.get('/build.json'))) as BuildList;
  });

  test('twice gives the same bytes, wherever they go', () => {
    assert.deepEqual([...again.keys()], [...files.keys()]);
    for (const [path, bytes] of files) assert.ok(again.get(path)?.equals(bytes), path);
  });

  test('says the hash of every file, and one of them all', () => {
    const plain = [...files.keys()].filter((path) => !/\.(?:br|gz)$/.test(path) && path !== '/build.json');
    assert.deepEqual(Object.keys(list.files).toSorted(), plain.toSorted());
    for (const [path, hash] of Object.entries(list.files)) assert.equal(sha256(files.get(path) ?? Buffer.of()), hash);
    assert.equal(list.hash, hashOf(list.files));
    assert.equal(list.hash, built.hash);
    assert.match(list.hash, /^[0-9a-f]{64}$/);
  });

  test('another file is another hash, as another name is', () => {
    const [path = '', hash = ''] = Object.entries(list.files)[0] ?? [];
    assert.notEqual(hashOf({ ...list.files, [path]: sha256(Buffer.of()) }), list.hash);
    const { [path]: _, ...others } = list.files;
    assert.notEqual(hashOf({ ...others, [`${path}x`]: hash }), list.hash);
  });

  test('the page has nothing inline, nothing of others, and the integrity of all it loads', () => {
    assert.doesNotMatch(page, /<style|\sstyle=|\son\w+=|javascript:|<base|http-equiv/i);
    assert.doesNotMatch(page, /(?:src|href)="(?!\/[^/])/);
    for (const [tag] of page.matchAll(/<script[\s\S]*?<\/script>/g)) assert.match(tag, /><\/script>$/);
    const loaded = [...page.matchAll(/<(?:script|link)[^>]*?(?:src|href)="(\/assets\/[^"]+)"[^>]*>/g)];
    assert.ok(loaded.length >= 2);
    for (const [tag, path = ''] of loaded) {
      assert.equal(/integrity="sha256-([^"]+)"/.exec(tag)?.[1], list.files[path], path);
    }
  });

  test('no file is a source map or names one, or tells where it was built', () => {
    for (const [path, bytes] of files) {
      assert.doesNotMatch(path, /\.map$/);
      if (/\.(?:br|gz|png)$/.test(path)) continue;
      assert.doesNotMatch(bytes.toString(), /sourceMappingURL/, path);
      assert.ok(!bytes.includes(process.cwd()), path);
    }
  });

  test('compressed forms are the same files', () => {
    const compressed = [...files.keys()].filter((path) => path.endsWith('.br'));
    assert.ok(compressed.length > 3);
    for (const path of compressed) {
      const name = path.slice(0, -3);
      const plain = files.get(name);
      assert.ok(plain, name);
      assert.ok(plain.equals(brotliDecompressSync(files.get(path) ?? Buffer.of())), path);
      assert.ok(plain.equals(gunzipSync(files.get(`${name}.gz`) ?? Buffer.of())), path);
    }
  });

  test('the icons of the manifest are there, in their sizes', () => {
    const { icons } = JSON.parse(String(files.get('/manifest.webmanifest'))) as {
      icons: { src: string; sizes: string; type: string; purpose: string }[];
    };
    assert.deepEqual(new Set(icons.map(({ purpose }) => purpose)), new Set(['any', 'maskable']));
    for (const { src, sizes, type } of icons) {
      const bytes = files.get(src);
      assert.ok(bytes, src);
      if (type === 'image/png') assert.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, sizes);
    }
  });

  test('what is loaded at first is small', () => {
    const { shell, firstMessage, missing } = built.sizes;
    assert.deepEqual(missing, [], 'build/sizes.ts names modules that are not there');
    const fits = shell <= BUDGET.shell && firstMessage <= BUDGET.firstMessage;
    assert.ok(fits, `over the budget:\n${sizeTable(built.sizes)}`);
  });
});
