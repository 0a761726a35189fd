import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { vectors } from '../support/vectors.ts';
import { readLog, type LogVectors } from './log.ts';

test('a whole conversation: parts, junk, a stranger, a key holder, a relay that lies', async () => {
  const { messages, ...log } = vectors('joining-conversation.json') as LogVectors;
  assert.deepEqual(await readLog(log), messages);
});
