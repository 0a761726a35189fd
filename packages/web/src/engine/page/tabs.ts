const LOCK = 'fernspeak-owner';
const CHANNEL = 'fernspeak-tabs';
const LET_GO = 'let go';

/** The right to the profile, which one tab has. */
export interface Ownership {
  release(): void;
}

/**
 * One try to own the profile. `onAsked`: another tab wants it.
 *
 * @returns null: another tab has it
 */
export function own(onAsked: () => void): Promise<Ownership | null> {
  return new Promise((resolve, reject) => {
    const held = navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
      if (lock) return hold(onAsked, resolve);
      resolve(null);
      return null;
    });
    held.catch(reject);
  });
}

/** Asks the tab that has it to let go, and waits for the right. */
export function takeOver(onAsked: () => void): Promise<Ownership> {
  return new Promise((resolve, reject) => {
    navigator.locks.request(LOCK, () => hold(onAsked, resolve)).catch(reject);
    const channel = new BroadcastChannel(CHANNEL);
    channel.postMessage(LET_GO);
    channel.close();
  });
}

/** Ends with the tab, or when it is released. */
function hold(onAsked: () => void, given: (ownership: Ownership) => void): Promise<void> {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }) => {
    if (data === LET_GO) onAsked();
  };
  return new Promise<void>((resolve) => {
    given({
      release: () => {
        channel.close();
        resolve();
      },
    });
  });
}
