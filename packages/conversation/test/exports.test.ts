import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import * as conversation from '@fernspeak/conversation';
import * as profile from '@fernspeak/conversation/profile';

test('the public surface is what was reviewed', () => {
  assert.deepEqual(Object.keys(conversation).sort(), [
    'Conversation',
    'ConversationError',
    'FramedConversation',
    'TOLD',
    'agreedConversation',
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
    'foundConversation',
    'gatherRecovery',
    'historyWords',
    'importDeviceKey',
    'inviteLink',
    'invitedConversation',
    'isComplete',
    'isConversationError',
    'isFernetKey',
    'isInviteLink',
    'isLoud',
    'knownConversations',
    'makeFrame',
    'memoryStore',
    'newDeviceKey',
    'noneOpens',
    'normalizePassphrase',
    'openRecovery',
    'plainSeal',
    'readFrames',
    'readInvite',
    'rememberConversation',
    'safetyNumber',
    'sealRecovery',
    'shownName',
    'suggestPassphrase',
    'takeUp',
    'textOf',
    'writeKeyOf',
  ]);
  assert.deepEqual(Object.keys(profile).sort(), ['openProfile', 'setPassphrase']);
});
