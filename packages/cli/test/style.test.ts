import assert from 'node:assert/strict';
import { test } from 'node:test';
import { styleFor, type ColorChoice } from '../src/terminal/style.ts';

const CASES: [why: string, isTTY: boolean, choice: ColorChoice, env: Record<string, string>, coloured: boolean][] = [
  ['a terminal', true, 'auto', {}, true],
  ['no terminal', false, 'auto', {}, false],
  ['NO_COLOR', true, 'auto', { NO_COLOR: '1' }, false],
  ['an empty NO_COLOR', true, 'auto', { NO_COLOR: '' }, true],
  ['TERM=dumb', true, 'auto', { TERM: 'dumb' }, false],
  ['FORCE_COLOR', false, 'auto', { FORCE_COLOR: '1' }, true],
  ['FORCE_COLOR=0', true, 'auto', { FORCE_COLOR: '0' }, false],
  ['--color=always', false, 'always', { NO_COLOR: '1' }, true],
  ['--color=never', true, 'never', { FORCE_COLOR: '1' }, false],
];

for (const [why, isTTY, choice, env, coloured] of CASES) {
  test(`${coloured ? 'colour' : 'no colour'} with ${why}`, () => {
    assert.equal(styleFor({ isTTY }, choice, env).red('x') !== 'x', coloured);
  });
}
