import { displayName } from '@fernspeak/conversation';
import type { Settings } from '../model.ts';

const THEMES: ReadonlySet<unknown> = new Set(['system', 'light', 'dark']);
const MINUTES: ReadonlySet<unknown> = new Set([5, 15, 60, null]);

/** What a recovery file takes along. The owner's key of a relay stays: the relay gives it again. */
export function givenSettings({ me, theme, lockAfterMinutes, acknowledge }: Settings): Partial<Settings> {
  return { me, theme, lockAfterMinutes, acknowledge };
}

/** What of a file's settings can be used; nobody has looked at them before. */
export function settingsIn(value: unknown): Partial<Settings> {
  if (typeof value !== 'object' || value === null) return {};
  const { me, theme, lockAfterMinutes, acknowledge } = value as Partial<Record<keyof Settings, unknown>>;
  return {
    ...(typeof me === 'string' ? { me: displayName(me) ?? '' } : {}),
    ...(THEMES.has(theme) ? { theme: theme as Settings['theme'] } : {}),
    ...(MINUTES.has(lockAfterMinutes) ? { lockAfterMinutes: lockAfterMinutes as number | null } : {}),
    ...(typeof acknowledge === 'boolean' ? { acknowledge } : {}),
  };
}
