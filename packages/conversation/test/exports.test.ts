import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import * as conversation from '@fernspeak/conversation';
import * as profile from '@fernspeak/conversation/profile';

test('the public surface is what was reviewed', () => {
  assert.deepEqual(Object.keys(conversation).sort(), [
    'Conversation',
    'ConversationError',
    'TOLD',
    'alertOf',
    'assessPassphrase',
    'contentOf',
    'cursorOf',
    'deriveKey',
    'isConversationError',
    'isFernetKey',
    'memoryStore',
    'noneOpens',
    'normalizePassphrase',
    'plainSeal',
    'suggestPassphrase',
    'textOf',
  ]);
  assert.deepEqual(Object.keys(profile), ['openProfile']);
});
