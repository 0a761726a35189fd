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
    'conversationIdOf',
    'cursorOf',
    'deriveKey',
    'deviceOf',
    'displayName',
    'exportDeviceKey',
    'findingOf',
    'historyWords',
    'importDeviceKey',
    'inviteLink',
    'isConversationError',
    'isFernetKey',
    'isInviteLink',
    'isLoud',
    'makeFrame',
    'memoryStore',
    'newDeviceKey',
    'noneOpens',
    'normalizePassphrase',
    'plainSeal',
    'readFrames',
    'readInvite',
    'safetyNumber',
    'suggestPassphrase',
    'textOf',
    'writeKeyOf',
  ]);
  assert.deepEqual(Object.keys(profile), ['openProfile']);
});
