import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Fernet } from '@fernspeak/fernet';
import fc from 'fast-check';
import { contentOf, plainSeal } from '../src/index.ts';
import { KEY, OTHER_KEY } from './support/people.ts';

test('what it seals it opens, in order', async () => {
  const seal = plainSeal(KEY);
  const property = fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 })), async (all) => {
    const sealed = await Promise.all(all.map((bytes) => seal.seal({ bytes })));
    const opened = await seal.open(sealed);
    assert.deepEqual(
      opened.map(({ content }) => content?.bytes),
      all.map((bytes) => new Uint8Array(bytes)),
    );
    assert.ok(opened.every(({ findings, sealedAt }) => findings.length === 0 && sealedAt !== null));
  });
  await fc.assert(property);
});

test('what it seals any Fernet program opens', async () => {
  const token = await plainSeal(KEY).seal(contentOf('hello'));
  assert.equal(new TextDecoder().decode(new Fernet(KEY).decrypt(token)), 'hello');
});

test("for the article's receiver it writes b'…'", async () => {
  const sealed = await plainSeal(KEY, { wrap: 'article' }).seal(contentOf('hello'));
  assert.match(sealed, /^b'gAAAA[\w-]+=*'$/);
  // it drops the first two characters and the last one
  assert.equal(new TextDecoder().decode(new Fernet(KEY).decrypt(sealed.slice(2, -1))), 'hello');
});

test('what does not open is a finding, never an error', async () => {
  const seal = plainSeal(KEY);
  const token = await plainSeal(OTHER_KEY).seal(contentOf('hello'));
  const junk = fc.oneof(
    fc.string(),
    fc.constant(token),
    fc.constant(`b'${token}'`),
    fc.nat(token.length).map((at) => token.slice(0, at)),
  );
  const property = fc.asyncProperty(fc.array(junk), async (strings) => {
    for (const { content, findings } of await seal.open(strings)) {
      assert.equal(content, null);
      assert.deepEqual(
        findings.map(({ code }) => code),
        ['unreadable'],
      );
    }
  });
  await fc.assert(property);
});

test('of several keys the first seals and all open', async () => {
  const both = plainSeal([KEY, OTHER_KEY]);
  const [mine, old] = await both.open([
    await both.seal(contentOf('new')),
    await plainSeal(OTHER_KEY).seal(contentOf('old')),
  ]);
  assert.deepEqual([mine?.content, old?.content], [contentOf('new'), contentOf('old')]);
  const [alone] = await plainSeal(KEY).open([await both.seal(contentOf('new'))]);
  assert.deepEqual(alone?.content, contentOf('new'));
});

test("a passphrase where a key belongs is the caller's mistake", () => {
  assert.throws(() => plainSeal('correct horse battery staple'), /key/i);
});
