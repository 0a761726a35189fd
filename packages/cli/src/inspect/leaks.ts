import type { Leak, Leaks } from '@fernspeak/channel/outside';

/** `leaks: size low · time high · sender medium`; docs/leak-meter.md says what that means. */
export function leaksLine({ size, time, sender }: Leaks): string {
  return `leaks: size ${named(size)} · time ${named(time)} · sender ${named(sender)}`;
}

function named({ level }: Leak): string {
  return level === 'unknown' ? 'not known yet' : level;
}
