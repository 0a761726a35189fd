import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { cursorOf } from '../src/index.ts';
import { sha256 as inBrowsers } from '../src/sha256.browser.ts';
import { sha256 as inNode } from '../src/sha256.node.ts';
import { vectors } from './support/vectors.ts';

interface CursorCase {
  readonly comment: string;
  readonly entry: number;
  readonly fields: readonly (string | null)[];
  readonly hash: string;
}

for (const { comment, entry, fields, hash } of vectors('cursor.json') as CursorCase[]) {
  test(`vector: ${comment}`, () => assert.deepEqual(cursorOf({ id: entry, fields }), { entry, hash }));
}

test('two entries have one hash only if they are the same', () => {
  const fields = fc.array(fc.option(fc.string({ maxLength: 3 })), { maxLength: 8 });
  const entry = fc.record({ id: fc.integer({ min: 1, max: 3 }), fields });
  const canonical = ({ id, fields }: { id: number; fields: readonly (string | null)[] }): string =>
    JSON.stringify([id, Array.from({ length: 8 }, (_, at) => fields[at] ?? '')]);
  fc.assert(
    fc.property(entry, entry, (one, other) => {
      assert.equal(cursorOf(one).hash === cursorOf(other).hash, canonical(one) === canonical(other));
    }),
  );
});

test("Node's SHA-256 and the one for browsers agree", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => assert.deepEqual(new Uint8Array(inNode(bytes)), inBrowsers(bytes))),
  );
});
