import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeComponent } from '../src/http/decode.ts';
import { HttpError } from '../src/http/errors.ts';
import { multipartFields } from '../src/http/multipart.ts';
import { Params } from '../src/http/params.ts';
import { pathOf } from '../src/http/request.ts';

/** A text as Node hands it over: one byte a character. */
const raw = (text: string): string => Buffer.from(text).toString('latin1');

describe('decoding', () => {
  test('reverses what a browser encodes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        assert.equal(decodeComponent(encodeURIComponent(text)), text);
        assert.equal(new URLSearchParams(`a=${encodeURIComponent(text)}`).get('a'), text);
      }),
    );
  });

  test('takes raw text as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter((text) => !/[%+]/.test(text)),
        (text) => {
          assert.equal(decodeComponent(raw(text)), text);
        },
      ),
    );
  });

  test('leaves a percent sign that begins no escape', () => {
    const cases: [string, string][] = [
      ['100%', '100%'],
      ['%', '%'],
      ['%4', '%4'],
      ['%zz', '%zz'],
      ['%%41', '%A'],
      ['a+b', 'a b'],
      ['%2B', '+'],
      ['%C3%BC%', 'ü%'],
    ];
    for (const [encoded, text] of cases) assert.equal(decodeComponent(encoded), text);
  });

  test('throws nothing but its own error, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        try {
          decodeComponent(Buffer.from(bytes).toString('latin1'));
        } catch (error) {
          assert.ok(error instanceof HttpError && error.status === 422);
        }
      }),
    );
  });
});

describe('paths', () => {
  test('come apart into segments and a format', () => {
    const cases: [string, string[], string | null][] = [
      ['/channels/1/feeds.json', ['channels', '1', 'feeds'], 'json'],
      ['/channels/1/feeds.JSON/?a=b', ['channels', '1', 'feeds'], 'json'],
      ['/channels/1/feeds.text', ['channels', '1', 'feeds'], 'txt'],
      ['/a%2Fb/c', ['a/b', 'c'], null],
      ['http://host:1/update?x=/y', ['update'], null],
      ['/', [], null],
      ['/?a', [], null],
      ['/a//b', ['a', '', 'b'], null],
      ['/.json', [], 'json'],
      ['/a.html', ['a.html'], null],
    ];
    for (const [target, segments, format] of cases) assert.deepEqual(pathOf(target), { segments, format }, target);
  });
});

describe('multipart', () => {
  const type = 'multipart/form-data; boundary="x y"';
  const part = (name: string, value: string): string =>
    `--x y\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

  test('gives names and values as they were sent, line ends and dashes included', () => {
    const values = ['', 'a\r\nb', '\r\n', '--x', '\r\n--x'];
    const body = `preamble\r\n${values.map((value, index) => part(`f${index}`, value)).join('')}--x y--\r\nepilogue`;
    assert.deepEqual(
      multipartFields(Buffer.from(body), type, 10),
      values.map((value, index) => [`f${index}`, value]),
    );
  });

  test('passes over what has no name, and refuses no boundary and too many parts', () => {
    const nameless = '--x y\r\nContent-Disposition: form-data\r\n\r\nv\r\n--x y\r\nno headers\r\n--x y--';
    assert.deepEqual(multipartFields(Buffer.from(nameless), type, 10), []);
    assert.throws(() => multipartFields(Buffer.from(''), 'multipart/form-data', 10), { status: 400 });
    assert.throws(() => multipartFields(Buffer.from(part('a', 'cut off')), type, 10), { status: 400 });
    assert.throws(() => multipartFields(Buffer.from(part('a', '').repeat(20)), type, 10), { status: 400 });
  });

  test('throws nothing but its own error, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.constantFrom('multipart/form-data; boundary=-', 'application/json', 'text/plain', ''),
        (bytes, contentType) => {
          try {
            new Params().addBody(Buffer.from(bytes), contentType);
          } catch (error) {
            assert.ok(error instanceof HttpError && (error.status === 422 || error.status === 400));
          }
        },
      ),
    );
  });
});
