import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fernet from '@fernspeak/fernet';

test('the public surface is what it is meant to be', () => {
  assert.deepEqual(Object.keys(fernet).sort(), [
    'Fernet',
    'InvalidToken',
    'Keyring',
    'MAX_MESSAGE_BYTES',
    'MultiFernet',
    'isKey',
    'timestampOf',
  ]);
});

test('what a Fernet and a MultiFernet can do is what it is meant to be', () => {
  const methods = (of: object): string[] =>
    Object.getOwnPropertyNames(of).filter((name) => !['constructor', 'length', 'name', 'prototype'].includes(name));
  assert.deepEqual(methods(fernet.Keyring.prototype), [
    'encrypt',
    'encryptAtTime',
    'encryptFromParts',
    'decrypt',
    'extractTimestamp',
  ]);
  assert.deepEqual(methods(fernet.Fernet), ['generateKey']);
  assert.deepEqual(methods(fernet.MultiFernet.prototype), ['rotate']);
  assert.deepEqual(
    [...methods(fernet.Keyring), ...methods(fernet.Fernet.prototype), ...methods(fernet.MultiFernet)],
    [],
  );
});
