// Dockerfile and compose.yaml, without an engine: linted, and every name in them exists here.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';
import { ROOT, fernspeak, temporaryFolder } from '@fernspeak/test';

const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
const compose = parse(readFileSync(join(ROOT, 'compose.yaml'), 'utf8'), { strict: true, uniqueKeys: true }) as {
  readonly services: Readonly<
    Record<string, { build?: string; image?: string; command?: string[]; volumes?: string[] }>
  >;
  readonly volumes: Readonly<Record<string, unknown>>;
};

test('the Dockerfile has no fault that a linter finds', () => {
  assert.deepEqual(validate(dockerfile), []);
  assert.ok(validate(dockerfile.replace('ENTRYPOINT', 'ENTRYPONT')).length > 0, 'the linter finds faults');
});

test('what the Dockerfile copies is made by the build, and the image runs as nobody special', () => {
  const copied = [...dockerfile.matchAll(/^COPY --from=build \S+ \/build\/(\S+) /gm)].map(([, path]) => path ?? '');
  assert.equal(copied.length, 3);
  for (const path of copied) assert.ok(existsSync(join(ROOT, path)), path);
  assert.match(dockerfile, /^USER node$/m);
  assert.match(dockerfile, /^FROM node:24\.\d+\.\d+-/m);
});

test('the relay takes the options that the image and the compose file give it', async (t) => {
  const { stdout } = await fernspeak(temporaryFolder(t), ['relay', '--help']);
  const [, entry = '[]'] = /^ENTRYPOINT (.*)$/m.exec(dockerfile) ?? [];
  const given = [...(JSON.parse(entry) as string[]), ...(compose.services['relay']?.command ?? [])];
  const flags = given.filter((word) => word.startsWith('--'));
  assert.deepEqual(flags, ['--host', '--data', '--public-url']);
  for (const flag of flags) assert.ok(stdout.includes(`${flag} <`), flag);
});

test('the compose file names images by version, and only volumes that it has', () => {
  for (const { build, image, volumes = [] } of Object.values(compose.services)) {
    assert.ok(build === '.' || /:\d+\.\d+/.test(image ?? ''), image);
    for (const volume of volumes) assert.ok((volume.split(':')[0] ?? '') in compose.volumes, volume);
  }
});
