// Both backends take exactly the one spelling of base64url. Their functions are tried directly, so each here in any run.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as browser from '../src/backend.browser.ts';
import * as node from '../src/backend.node.ts';
import { base64url } from './forge.ts';
import { Random, newSeed } from './random.ts';

/** By the book: decode, encode again, compare. */
function decodeByTheBook(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64url');
  return base64url(bytes) === text ? bytes : null;
}

for (const [name, { allocate, decodeInto, encode }] of Object.entries({ node, browser })) {
  const decode = (text: string): Uint8Array | null => {
    const bytes = allocate(3 + Math.max(text.length, 4));
    return decodeInto(text, bytes, 3) ? bytes.subarray(3, 3 + (decodeByTheBook(text)?.length ?? 0)) : null;
  };
  const same = (text: string): void => {
    const [ours, wanted] = [decode(text), decodeByTheBook(text)];
    assert.ok(
      ours === wanted || (ours && wanted && Buffer.from(ours).equals(wanted)),
      `${JSON.stringify(text)} is ${wanted ? 'good' : 'not good'}`,
    );
  };

  describe(`base64url, ${name}`, () => {
    test('encodes every length', () => {
      for (let length = 0; length < 200; length++) {
        const bytes = allocate(length * 3 + 8);
        for (let i = 0; i < length; i++) bytes[i] = i * 37;
        assert.equal(encode(bytes, 0, length), base64url(bytes.subarray(0, length)));
      }
    });

    test('encodes long ones', () => {
      for (const length of [73_727, 73_728, 73_729, 147_457, 773_934, 773_935, 773_936]) {
        const bytes = allocate(length * 3);
        for (let i = 0; i < length; i++) bytes[i] = i * 37 + (i >> 8);
        assert.ok(encode(bytes, 0, length) === base64url(bytes.subarray(0, length)), `${length} bytes`);
      }
    });

    test('takes no other character, whichever of all 65,536 code units, whichever its place in the group', () => {
      for (const good of ['AAAA-_zZ', 'AAAA-_w=', 'AAAA-w==']) {
        for (let at = 0; at < good.length; at++) {
          const [start, end] = [good.slice(0, at), good.slice(at + 1)];
          for (let unit = 0; unit <= 0xffff; unit++) {
            const text = start + String.fromCharCode(unit) + end;
            if (unit < 0x80) same(text);
            else assert.ok(decode(text) === null, JSON.stringify(text));
          }
        }
      }
    });

    test('takes each of all endings of up to four characters as the book does', () => {
      const characters = ['A', 'Q', 'B', 'g', 'w', '_', '+', '=', ' ', '\n', '\u0141'];
      let endings = [''];
      for (let length = 0; length < 4; length++) {
        endings = endings.flatMap((ending) => characters.map((character) => ending + character));
        for (const ending of endings) for (const start of ['', 'AAAA', 'A-_w']) same(start + ending);
      }
    });

    test('takes random texts as the book does', () => {
      const seed = newSeed();
      const random = new Random(seed);
      const alphabets = ['ABw-_', 'ABw-_=', 'AB+/-_= \n', 'A\u00c1\u0141=w'];
      for (let i = 0; i < 20_000; i++) {
        const alphabet = random.pick(alphabets);
        const text = Array.from({ length: random.size(40) }, () => random.pick(alphabet)).join('');
        try {
          same(text);
        } catch (error) {
          throw new Error(`SEED=${seed}`, { cause: error });
        }
      }
    });

    test('finds one wrong character in a long text', () => {
      const long = 'A'.repeat(1_400_000);
      for (const at of [0, 1, 65_535, 65_536, 700_001, 1_399_990]) {
        for (const wrong of ['+', ' ', '=', '\u0141']) {
          const refused = decode(long.slice(0, at) + wrong + long.slice(at + 1)) === null;
          assert.ok(refused, `${JSON.stringify(wrong)} at ${at}`);
        }
      }
      assert.ok(decode(long));
    });
  });
}
