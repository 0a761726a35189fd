// Reads a sensor: what it wrote up to now, and what comes, one value a line.
//   node examples/sensor/reader.ts http://127.0.0.1:8130/channels/1 sensor.key
import { readFileSync } from 'node:fs';
import { openHttpChannel } from '@fernspeak/channel';
import { Conversation, memoryStore, plainSeal, textOf } from '@fernspeak/conversation';

const [address = 'http://127.0.0.1:8130/channels/1', keyFile = 'sensor.key'] = process.argv.slice(2);
const channel = openHttpChannel({ address });
const seal = plainSeal(readFileSync(keyFile, 'utf8').trim());
// nothing is remembered: each run begins with the first reading
const sensor = new Conversation({ channel, seal, store: memoryStore() });

for await (const { entryId, sealedAt, field, content } of sensor.follow()) {
  const value = Number.parseFloat((content && textOf(content)) ?? '');
  // the token's own time: a reading that somebody repeats keeps its old one
  if (sealedAt && !Number.isNaN(value)) console.log(`${sealedAt.toISOString()}  ${field?.name ?? 'value'}  ${value}`);
  else console.error(`Entry ${entryId} is not the sensor's.`);
}
