import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { EventStreamParser, EventTooLong, type ServerSentEvent } from '../src/http/event-stream.ts';

function parse(pieces: readonly Uint8Array[], most = 1000): ServerSentEvent[] {
  const parser = new EventStreamParser(most);
  return pieces.flatMap((piece) => parser.push(piece));
}

function message(data: string): ServerSentEvent {
  return { type: 'message', data };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

// the HTML standard's own examples (9.2.6), and what is at their edges
const STREAMS: readonly (readonly [stream: string, events: readonly ServerSentEvent[]])[] = [
  ['data: YHOO\ndata: +2\ndata: 10\n\n', [message('YHOO\n+2\n10')]],
  [
    ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n',
    [message('first event'), message('second event')],
  ],
  ['data\n\ndata\ndata\n\ndata:', [message(''), message('\n')]],
  ['data:test\n\ndata: test\n\n', [message('test'), message('test')]],
  ['event: add\ndata: 73857293\n\nevent: add\n\ndata: x\n\n', [{ type: 'add', data: '73857293' }, message('x')]],
  ['data: a\r\ndata: b\rdata: c\n\r\n\r\ndata: d\r\r', [message('a\nb\nc'), message('d')]],
  ['\ufeffdata: mark\n\n', [message('mark')]],
  ['data: ü 🌱 \u2028\nretry: 5\nother: x\n\n', [message('ü 🌱 \u2028')]],
  ['data: never ended', []],
];

for (const [stream, events] of STREAMS) {
  test(`takes ${JSON.stringify(stream).slice(0, 50)} apart, however it is cut`, () => {
    const whole = bytes(stream);
    assert.deepEqual(parse([whole]), events);
    assert.deepEqual(parse(Array.from(whole, (byte) => Uint8Array.of(byte))), events);
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 6 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), whole.length];
        const pieces = places.slice(1).map((end, index) => whole.subarray(places[index], end));
        assert.deepEqual(parse(pieces), events);
      }),
    );
  });
}

test('a line or an event that is too long ends it, before it is there', () => {
  assert.throws(() => parse([bytes(`data: ${'x'.repeat(1000)}`)]), EventTooLong);
  assert.throws(() => parse(Array.from({ length: 101 }, () => bytes('xxxxxxxxxx'))), EventTooLong);
  assert.throws(
    () =>
      parse(
        Array.from({ length: 200 }, () => bytes('data: x\n')),
        100,
      ),
    EventTooLong,
  );
  assert.deepEqual(
    parse(
      Array.from({ length: 500 }, () => bytes('data: x\n\n')),
      100,
    ).length,
    500,
  );
});
