import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { Fernet, InvalidToken, MAX_MESSAGE_BYTES, timestampOf } from '@fernspeak/fernet';

const key = Fernet.generateKey();
const fernet = new Fernet(key);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test('the backend is the one that the conditions ask for', () => {
  const wanted = process.execArgv.includes('--conditions=browser') ? 'backend.browser.ts' : 'backend.node.ts';
  assert.ok(import.meta.resolve('#backend').endsWith(wanted));
});

describe('encrypt', () => {
  test('seals a text as UTF-8 and bytes as they are', () => {
    assert.equal(text(fernet.decrypt(fernet.encrypt('Grüße 👋'))), 'Grüße 👋');
    assert.deepEqual(fernet.decrypt(fernet.encrypt(Uint8Array.of(0, 255, 128))), Uint8Array.of(0, 255, 128));
  });

  test('seals nothing at all', () => {
    assert.equal(fernet.decrypt(fernet.encrypt('')).length, 0);
    assert.equal(fernet.decrypt(fernet.encrypt(new Uint8Array())).length, 0);
  });

  test('seals a long text like its bytes, wherever the text ends', () => {
    for (const length of [16_383, 16_384, 16_385, 70_000]) {
      const long = `${'x'.repeat(length - 2)}€!`;
      assert.equal(text(fernet.decrypt(fernet.encrypt(long))), long);
    }
  });

  test('makes another token of the same message each time', () => {
    const tokens = Array.from({ length: 1000 }, () => fernet.encrypt('the same'));
    assert.equal(new Set(tokens.map((token) => token.slice(12, 33))).size, tokens.length, 'another IV each');
  });

  test('leaves what it was given as it was', () => {
    const data = Uint8Array.from({ length: 100 }, (_, i) => i);
    const iv = new Uint8Array(16).fill(7);
    fernet.encryptFromParts({ message: data, time: 0, iv });
    assert.deepEqual(
      data,
      Uint8Array.from({ length: 100 }, (_, i) => i),
    );
    assert.deepEqual(iv, new Uint8Array(16).fill(7));
  });

  test('takes a Buffer, a part of one, and bytes of another realm', () => {
    assert.equal(text(fernet.decrypt(fernet.encrypt(Buffer.from('abc')))), 'abc');
    assert.equal(text(fernet.decrypt(fernet.encrypt(Buffer.from('abcdef').subarray(2, 4)))), 'cd');
    const foreign = runInNewContext('Uint8Array.of(104, 105)') as Uint8Array;
    assert.equal(text(fernet.decrypt(fernet.encrypt(foreign))), 'hi');
  });

  test('says that it was made now', () => {
    const before = Math.floor(Date.now() / 1000);
    const made = fernet.extractTimestamp(fernet.encrypt('now'));
    assert.ok(made >= before && made <= Date.now() / 1000);
  });

  test("refuses what is neither text nor bytes: the caller's mistake", () => {
    for (const data of [
      undefined,
      null,
      1,
      {},
      [1, 2],
      new ArrayBuffer(4),
      new Uint16Array(4),
      new DataView(new ArrayBuffer(4)),
    ]) {
      assert.throws(() => fernet.encrypt(data as never), TypeError);
    }
  });

  test('refuses what no string could hold', () => {
    assert.throws(() => fernet.encrypt(new Uint8Array(MAX_MESSAGE_BYTES + 1)), RangeError);
  });
});

describe('decrypt', () => {
  test('gives bytes of their own, a plain Uint8Array', () => {
    for (const length of [5, 70_000, 2_200_000]) {
      const token = fernet.encrypt(new Uint8Array(length).fill(1));
      const [one, other] = [fernet.decrypt(token), fernet.decrypt(token)];
      assert.equal(Object.getPrototypeOf(one), Uint8Array.prototype);
      one.fill(9);
      assert.ok(other.every((byte) => byte === 1));
      assert.equal(fernet.decrypt(token)[0], 1);
    }
  });

  test('gives memory around the message that holds nothing else of worth', () => {
    const message = fernet.decrypt(fernet.encrypt('sealed'));
    const around = new Uint8Array(message.buffer).filter(
      (_, i) => i < message.byteOffset || i >= message.byteOffset + message.length,
    );
    assert.ok(
      around.every((byte) => byte <= 16),
      'zeros and padding',
    );
  });

  test("refuses with a TypeError what is no string: the caller's mistake", () => {
    const token = fernet.encrypt('x');
    for (const wrong of [undefined, null, 1, {}, Buffer.from(token), [token], new String(token)]) {
      assert.throws(() => fernet.decrypt(wrong as never), TypeError);
      assert.throws(() => fernet.extractTimestamp(wrong as never), TypeError);
      assert.throws(() => timestampOf(wrong as never), TypeError);
    }
  });

  test('takes a token put together from several strings', () => {
    const token = fernet.encrypt('in parts');
    const parts = `${token.slice(0, 20)}${token.slice(20)}`;
    assert.equal(text(fernet.decrypt(parts)), 'in parts');
    assert.equal(text(fernet.decrypt(`"${token}"`.slice(1, -1))), 'in parts');
  });

  test('works on after tokens that it refused', () => {
    const token = fernet.encrypt('still here');
    for (const bad of ['', 'x', `${token}A`, token.slice(4), new Fernet(Fernet.generateKey()).encrypt('y')]) {
      assert.throws(() => fernet.decrypt(bad), InvalidToken);
      assert.equal(text(fernet.decrypt(token)), 'still here');
      assert.equal(text(fernet.decrypt(fernet.encrypt('and here'))), 'and here');
    }
  });
});

describe('InvalidToken', () => {
  const thrown = (token: string): InvalidToken => {
    try {
      fernet.decrypt(token);
    } catch (error) {
      assert.ok(error instanceof InvalidToken);
      return error;
    }
    return assert.fail('it opened');
  };

  test('is one error whatever was wrong', () => {
    const other = thrown(new Fernet(Fernet.generateKey()).encrypt('x'));
    const junk = thrown('junk');
    assert.deepEqual(Object.entries(junk), Object.entries(other));
    assert.equal(junk.message, other.message);
    assert.equal(junk.cause, undefined);
  });

  test('has a name, a code and a hint', () => {
    const { name, code, hint } = thrown('junk');
    assert.equal(name, 'InvalidToken');
    assert.equal(code, 'invalid-token');
    assert.match(hint, /key/);
  });
});

test('a Fernet shows its key neither printed nor as JSON', () => {
  const raw = Buffer.from(key, 'base64url');
  for (const shown of [inspect(fernet, { showHidden: true, depth: 9 }), JSON.stringify(fernet)]) {
    assert.ok(!shown.includes(key) && !shown.includes(raw.toString('hex')) && !shown.includes(raw.join(', ')));
  }
});
