import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { temporaryFolder } from '@fernspeak/test';
import * as relay from '@fernspeak/relay';
import { limitsOf } from '../src/limits.ts';

const { RELAY_OPTIONS, readRelayOptions } = relay;
const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('options', () => {
  test('a flag wins over the environment, and what neither gives is left out', () => {
    const env = { FERNSPEAK_RELAY_PORT: '1', FERNSPEAK_RELAY_HOST: '::1', FERNSPEAK_RELAY_DATA: '', OTHER: 'x' };
    assert.deepEqual(readRelayOptions({ port: '2' }, env), { port: 2, host: '::1' });
    assert.deepEqual(readRelayOptions({}, {}), {});
  });

  test('every option can be given as flag, as variable and in a file', (t) => {
    const file = join(temporaryFolder(t), 'relay.json');
    const given: Record<string, [string, unknown]> = {
      host: ['::1', '::1'],
      port: ['0', 0],
      data: ['/d', '/d'],
      publicUrl: ['https://relay.example', 'https://relay.example'],
      web: ['/w', '/w'],
      connect: ['https://relay.example', 'https://relay.example'],
      newUserKey: ['true', true],
      thingspeakLimits: ['1', true],
      updateIntervalMs: ['0.25', 250],
      fieldBytes: ['1000', 1000],
      bulkEntries: ['10', 10],
      bodyBytes: ['5000', 5000],
      connections: ['10', 10],
      liveReaders: ['10', 10],
      heartbeatMs: ['5', 5000],
      addressRate: ['10', 10],
      keyRate: ['10', 10],
      channels: ['10', 10],
      keepMs: ['0.5', 43_200_000],
      keepEntries: ['10', 10],
      logFormat: ['json', 'json'],
      logLevel: ['error', 'error'],
    };
    assert.deepEqual(
      RELAY_OPTIONS.map(({ name }) => name),
      ['config', ...Object.keys(given)],
    );
    for (const { name, flag, env } of RELAY_OPTIONS.slice(1)) {
      const [text, value] = given[name] ?? ['', null];
      const camel = flag.slice(2).replace(/-./g, (dash) => dash.charAt(1).toUpperCase());
      assert.deepEqual(readRelayOptions({ [camel]: text }, {}), { [name]: value });
      assert.deepEqual(readRelayOptions({}, { [env]: text }), { [name]: value });
      for (const inFile of typeof value === 'number' ? [text, Number(text)] : [text]) {
        writeFileSync(file, JSON.stringify({ [flag.slice(2)]: inFile }));
        assert.deepEqual(readRelayOptions({ config: file }, {}), { [name]: value });
        assert.deepEqual(readRelayOptions({}, { FERNSPEAK_RELAY_CONFIG: file }), { [name]: value });
      }
    }
  });

  test('flag and environment win over the file', (t) => {
    const file = join(temporaryFolder(t), 'relay.json');
    writeFileSync(file, '\uFEFF{"port": 1, "host": "::1", "channels": 5}');
    const env = { FERNSPEAK_RELAY_CONFIG: file, FERNSPEAK_RELAY_HOST: '::2' };
    assert.deepEqual(readRelayOptions({ port: 3 }, env), { port: 3, host: '::2', channels: 5 });
  });

  test('a bad file says what is wrong with it and names the nearest setting', (t) => {
    const file = join(temporaryFolder(t), 'relay.json');
    const bad: [string, RegExp, RegExp][] = [
      ['{"conections": 5}', /has a setting conections, which does not exist/, /Did you mean connections\?/],
      ['{"keepDays": 5}', /keepDays/, /Did you mean keep-days\?/],
      ['{"--port": 5}', /--port/, /Did you mean port\?/],
      ['{"config": "x"}', /config/, /./],
      ['{"something-else-entirely": 5}', /something-else/, /The names are those of the flags: host, /],
      ['{"port": 65536}', /port in .*relay\.json cannot be 65536/, /from 0 to 65535/],
      ['{"port": [1]}', /port in .* must be one value/, /./],
      ['{"port": null}', /port in .* must be one value/, /./],
      ['[1]', /--config: .* is not a JSON object/, /./],
      ['{port: 1}', /--config: .* is not a JSON object/, /./],
    ];
    for (const [text, message, hint] of bad) {
      writeFileSync(file, text);
      assert.throws(
        () => readRelayOptions({ config: file }, {}),
        (error) => relay.isRelayError(error, 'bad-option') && message.test(error.message) && hint.test(error.hint),
        text,
      );
    }
    const missing = { message: /FERNSPEAK_RELAY_CONFIG: .*none\.json cannot be read \(ENOENT\)/ };
    assert.throws(() => readRelayOptions({}, { FERNSPEAK_RELAY_CONFIG: `${file}.none.json` }), missing);
  });

  test('a bad value says which flag or variable it is and what to give', () => {
    const bad: [Record<string, string>, Record<string, string>, RegExp][] = [
      [{ port: '65536' }, {}, /--port cannot be 65536\./],
      [{ port: '-1' }, {}, /--port cannot be -1\./],
      [{ port: '1.5' }, {}, /--port cannot be 1\.5\./],
      [{}, { FERNSPEAK_RELAY_UPDATE_INTERVAL: 'soon' }, /FERNSPEAK_RELAY_UPDATE_INTERVAL cannot be soon\./],
      [{ logFormat: 'xml' }, {}, /--log-format cannot be xml\./],
      [{ publicUrl: 'relay.example/x' }, {}, /--public-url is not the address of a relay\./],
      [{}, { FERNSPEAK_RELAY_THINGSPEAK_LIMITS: 'maybe' }, /FERNSPEAK_RELAY_THINGSPEAK_LIMITS is a switch\./],
    ];
    for (const [flags, env, message] of bad) {
      assert.throws(
        () => readRelayOptions(flags, env),
        (error) => relay.isRelayError(error, 'bad-option') && message.test(error.message) && error.hint !== '',
      );
    }
  });

  test('the README lists every option with its variable, default and unit', () => {
    for (const option of RELAY_OPTIONS) {
      const row = README.split('\n').find((line) => line.includes(`\`${option.env}\``)) ?? '';
      const line = row.replace(/ +/g, ' '); // prettier aligns tables
      assert.ok(line.includes(`\`${option.flag}\``), option.flag);
      if (option.default !== null)
        assert.ok(
          line.includes(`| ${option.default === false ? 'off' : option.default} |`),
          `${option.flag}: ${option.default}`,
        );
      if (option.unit !== undefined) assert.ok(line.includes(option.unit), `${option.flag}: ${option.unit}`);
    }
  });
});

describe('limits', () => {
  test("ThingSpeak's win over larger ones, and the interval can be shortened", () => {
    const limits = limitsOf({ thingspeakLimits: true, bulkEntries: 5000, fieldBytes: 100_000 });
    assert.deepEqual(
      [limits.fieldCharacters, limits.entryBytes, limits.bulkEntries, limits.updateIntervalMs],
      [255, 3000, 960, 15_000],
    );
    assert.equal(limitsOf({ thingspeakLimits: true, updateIntervalMs: 0 }).updateIntervalMs, 0);
    assert.equal(limitsOf({}).updateIntervalMs, 0);
  });
});

test('these names are what the package gives out', () => {
  assert.deepEqual(Object.keys(relay).sort(), [
    'RELAY_OPTIONS',
    'RelayError',
    'isRelayError',
    'readRelayOptions',
    'startAppServer',
    'startRelay',
  ]);
});
