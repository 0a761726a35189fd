import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { base64url, compareBytes, fromBase64url, fromHex, hex } from '../src/bytes.ts';

test('hex and base64url are those of Node, in one spelling each', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const buffer = Buffer.from(bytes);
      assert.equal(hex(bytes), buffer.toString('hex'));
      assert.equal(base64url(bytes), buffer.toString('base64url'));
      assert.ok(buffer.equals(fromHex(hex(bytes))));
      assert.ok(buffer.equals(fromBase64url(base64url(bytes)) ?? Buffer.of(0)));
    }),
  );
  for (const text of ['a', 'AA', '0g', '0 ', ' 0', '0x', 'é0', '/0', ':0', '`0'])
    assert.throws(() => fromHex(text), TypeError, text);
  for (const text of ['A', 'AB', 'AA=', 'AA==', 'A+AA', 'A/AA', 'AA\n', ' AA', 'AAAAA', 'é']) {
    assert.equal(fromBase64url(text), null, text);
  }
});

test('bytes are compared in order', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4 }), fc.uint8Array({ maxLength: 4 }), (a, b) => {
      assert.equal(Math.sign(compareBytes(a, b)), Buffer.compare(a, b));
    }),
  );
});
