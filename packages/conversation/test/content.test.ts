import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { alertOf, contentOf, textOf } from '../src/index.ts';

test('any text comes back from its bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => assert.equal(textOf(contentOf(text)), text.toWellFormed())),
  );
});

test('bytes that are not UTF-8 are no text', () => {
  for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
    assert.equal(textOf({ bytes: Uint8Array.from(bytes) }), null);
  }
});

const alerts = [
  ['{"message":"disk full","title":"backup failed"}', { title: 'backup failed', message: 'disk full' }],
  ['{"message":"disk full","priority":"high"}', { message: 'disk full', priority: 'high' }],
  ['{"title":"t","message":"m","priority":5}', { title: 't', message: 'm', priority: 5 }],
] as const;
for (const [body, alert] of alerts) {
  test(`${body} is an alert`, () => assert.deepEqual(alertOf(contentOf(body)), alert));
}

const others = [
  'disk full',
  '{"message":"no title and no priority"}',
  '{"title":"no message","priority":1}',
  '{"title":1,"message":"m"}',
  '{"title":"t","message":"m","priority":null}',
  '{"title":"t","message":"m","sensor":7}',
  '[{"title":"t","message":"m"}]',
  '{"title":"t","message":"m"',
  'null',
];
for (const body of others) {
  test(`${body} is text`, () => assert.equal(alertOf(contentOf(body)), null));
}
