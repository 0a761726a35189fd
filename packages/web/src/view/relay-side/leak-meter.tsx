import type { Leak, Leaks } from '@fernspeak/channel/outside';
import type { JSX } from 'preact';

/** What sealing does not hide: three bars that are never made one. docs/leak-meter.md has the formulas. */
export function LeakMeter({ leaks }: { readonly leaks: Leaks }): JSX.Element {
  const { size, time, sender, sendings } = leaks;
  return (
    <section class="leaks" aria-label="What still leaks">
      <h3>What still leaks</h3>
      <Bar
        name="Size"
        leak={size}
        words={sizeWords(leaks)}
        action="Keep messages short: they all look the same then."
      />
      <Bar
        name="Time"
        leak={time}
        words={timeWords(time)}
        action="Only a steady beat hides it: every 6 minutes is 240 entries a day."
      />
      <Bar
        name="Sender"
        leak={sender}
        words={senderWords(sender)}
        action={
          sender.requests
            ? 'Reach it through Tor, or a proxy that many use.'
            : 'A relay would see addresses and write keys.'
        }
      />
      <p class="note">Of the newest {sendings} messages. Low is not nothing.</p>
    </section>
  );
}

interface BarProps {
  readonly name: string;
  readonly leak: Leak;
  readonly words: string;
  readonly action: string;
}

const FULL = 100;

function Bar({ name, leak, words, action }: BarProps): JSX.Element {
  const level = leak.level === 'unknown' ? 'not known yet' : leak.level;
  return (
    <div class={`leak ${leak.level}`}>
      <h4>
        {name} <span class="level">{level}</span>
      </h4>
      <svg class="bar" viewBox={`0 0 ${FULL} 6`} preserveAspectRatio="none" aria-hidden="true">
        <rect class="track" width={FULL} height="6" />
        <rect class="value" width={(leak.bar ?? 0) * FULL} height="6" />
      </svg>
      <p>
        {words} <span class="action">{action}</span>
      </p>
    </div>
  );
}

function sizeWords({ size, sendings }: Leaks): string {
  if (size.usual === null) return 'Nothing was sent yet.';
  if (size.sizes === 1) return `All look ${size.usual} characters long.`;
  return `${size.sizes} sizes in ${sendings} messages: ${size.value ?? 0} bits each.`;
}

function timeWords({ level, value, beat }: Leaks['time']): string {
  if (level === 'unknown' || value === null) return 'Six messages are needed to tell.';
  if (level === 'low') return `Every ${beat} s: a steady beat.`;
  const how = level === 'high' ? 'there is no steady beat' : 'a beat, with breaks';
  return `When you talk shows to the second: ${how}.`;
}

function senderWords({ level, marks, requests }: Leaks['sender']): string {
  if (level === 'unknown') return 'Two messages are needed to tell.';
  const entries = marks === 1 ? 'Entries look alike' : `Entries look ${marks} ways`;
  return requests
    ? `${entries}; the relay sees each one’s address and write key.`
    : `${entries}; nobody sees an address here.`;
}
