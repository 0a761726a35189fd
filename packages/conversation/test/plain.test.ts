import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { MemoryChannel } from '@fernspeak/channel';
import { alertOf, contentOf, plainSeal, textOf, type Message } from '../src/index.ts';
import { all, person } from './support/people.ts';
import { vectors } from './support/vectors.ts';

const { key, entries } = vectors('plain.json') as {
  key: string;
  entries: { comment: string; fields: (string | null)[]; messages: object[] }[];
};

function shown({ field, sealedAt, readable, content, findings }: Message): object {
  const text = content && textOf(content);
  return {
    field: field?.index ?? null,
    sealedAt: sealedAt && sealedAt.getTime() / 1000,
    readable,
    text,
    bytes: content && text === null ? Buffer.from(content.bytes).toString('base64url') : null,
    alert: content && alertOf(content),
    findings: findings.map(({ code }) => code),
  };
}

for (const { comment, fields, messages } of entries) {
  test(`vector: ${comment}`, async () => {
    const channel = new MemoryChannel();
    await channel.append([fields]);
    assert.deepEqual((await all(person(channel, { key }).history({ after: 0 }))).map(shown), messages);
  });
}

test("a sensor's values carry the channel's field names", async () => {
  const channel = new MemoryChannel({ fieldNames: ['temperature', null, 'humidity'] });
  const value = (text: string): Promise<string> => plainSeal(key).seal(contentOf(text));
  await channel.append([[await value('21.5'), await value('x'), await value('48')]]);
  const messages = await all(person(channel, { key }).history({ after: 0 }));
  assert.deepEqual(
    messages.map(({ field }) => field),
    [
      { index: 1, name: 'temperature' },
      { index: 2, name: null },
      { index: 3, name: 'humidity' },
    ],
  );
});
