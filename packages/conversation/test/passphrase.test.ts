import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { assessPassphrase, suggestPassphrase } from '../src/index.ts';
import { EFF_WORDS } from '../src/keys/eff-words.ts';

const WORDS = EFF_WORDS.split(/\s/);

test("the list is EFF's, word for word", () => {
  assert.equal(WORDS.length, 6 ** 5);
  // the published file: each word behind the five dice that choose it
  const dice = (index: number): string =>
    Array.from(index.toString(6).padStart(5, '0'), (digit) => Number(digit) + 1).join('');
  const file = WORDS.map((word, index) => `${dice(index)}\t${word}\n`).join('');
  const published = 'addd35536511597a02fa0a9ff1e5284677b8883b83e986e43f15a3db996b903e';
  assert.equal(createHash('sha256').update(file).digest('hex'), published);
});

test('suggests six words of it', () => {
  const words = suggestPassphrase().split(' ');
  assert.equal(words.length, 6);
  assert.deepEqual(
    words.filter((word) => !WORDS.includes(word)),
    [],
  );
});

test('favours no word', () => {
  const counts = new Map<string, number>();
  const suggestions = 10_000;
  for (let turn = 0; turn < suggestions; turn++) {
    for (const word of suggestPassphrase().split(' ')) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const expected = (suggestions * 6) / WORDS.length;
  const chiSquare = WORDS.reduce((sum, word) => sum + ((counts.get(word) ?? 0) - expected) ** 2 / expected, 0);
  // 7,775 degrees of freedom: mean 7,775, standard deviation 124.7; six of them either way
  assert.ok(Math.abs(chiSquare - 7775) < 750, `chi-square ${chiSquare}`);
});

test('a suggestion is strong', async () => {
  const { guessesLog2, weak } = await assessPassphrase(suggestPassphrase());
  assert.equal(weak, false);
  assert.ok(guessesLog2 > 60, String(guessesLog2));
});

for (const guessable of ['qwerty', 'Summer2024!', 'p4ssw0rd', 'iloveyou', '  abc123 ', '']) {
  test(`${JSON.stringify(guessable)} is weak`, async () => {
    assert.equal((await assessPassphrase(guessable)).weak, true);
  });
}
