import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isChannelError, parseAddress, placeOf } from '@fernspeak/channel';
import places from '../../../vectors/places.json' with { type: 'json' };

describe('the place of', () => {
  for (const vector of places) {
    const { address } = vector;
    if ('place' in vector) {
      it(`${JSON.stringify(address)} is ${vector.place}`, () => {
        assert.equal(placeOf(address), vector.place);
        assert.equal(parseAddress(address).address, vector.full);
        assert.equal(placeOf(parseAddress(address).address), vector.place, 'the full address has the same place');
      });
    } else {
      it(`${JSON.stringify(address)} is none: ${vector.error}`, () => {
        assert.throws(
          () => parseAddress(address),
          (error) => isChannelError(error) && error.code === vector.error,
        );
      });
    }
  }
});

describe('an address with a secret in it', () => {
  for (const address of [
    'https://relay.example/channels/5?api_key=SECRETSECRETSECR',
    'https://ada:SECRETSECRETSECR@relay.example/channels/5',
    'https://relay.example/update?api_key=SECRETSECRETSECR&field1=',
    'https://relay.example/#SECRETSECRETSECR',
    'ftp://relay.example/SECRETSECRETSECR',
    'SECRETSECRETSECR',
  ]) {
    it(`is not repeated: ${address}`, () => {
      assert.throws(
        () => parseAddress(address),
        (error) => {
          return (
            isChannelError(error) &&
            !`${error.message} ${error.hint ?? ''}`.includes('SECRET') &&
            error.hint !== undefined
          );
        },
      );
    });
  }
});
