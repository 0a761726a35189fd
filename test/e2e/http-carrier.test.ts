import type { TestContext } from 'node:test';
import type { Channel } from '@fernspeak/channel';
import { openHttpChannel } from '@fernspeak/channel';
import type { Subject } from '@fernspeak/channel/behaviour';
import { channelBehaviour } from '@fernspeak/channel/behaviour';
import type { RelaySettings } from '@fernspeak/relay';
import { startRelay } from '@fernspeak/relay';
import { createChannel, temporaryFolder } from '@fernspeak/test';

/** A field that is off is stored and not shown, on ThingSpeak and here. */
const EIGHT_FIELDS = Object.fromEntries(
  Array.from({ length: 8 }, (_, index) => [`field${index + 1}`, `label ${index + 1}`]),
);

/** A new channel on a relay of its own, in this process. */
async function onRelay(
  t: TestContext,
  settings: RelaySettings,
  channel: Record<string, string> = {},
): Promise<Subject> {
  const relay = await startRelay({ port: 0, data: temporaryFolder(t), logLevel: 'silent', ...settings });
  const { address, id, writeKey, readKey } = await createChannel(relay.url, { ...EIGHT_FIELDS, ...channel });
  const opened: Channel[] = [];
  const again = (): Channel => {
    const next = openHttpChannel({ address, writeKey, readKey, pollMs: 20 });
    opened.push(next);
    return next;
  };
  t.after(async () => {
    await Promise.all(opened.map((each) => each.close()));
    await relay.close();
  });
  const clear = async (): Promise<void> => {
    const answer = await fetch(`${relay.url}/channels/${id}/feeds.json`, { method: 'DELETE' });
    if (!answer.ok) throw new Error(`clearing: ${answer.status}`);
  };
  return { channel: again(), again, clear };
}

channelBehaviour('a relay', (t) => onRelay(t, {}));
channelBehaviour('a private channel of a relay', (t) => onRelay(t, {}, { public_flag: 'false' }));
channelBehaviour("a relay with ThingSpeak's limits", (t) =>
  onRelay(t, { thingspeakLimits: true, updateIntervalMs: 0 }),
);
