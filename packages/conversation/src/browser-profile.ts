import { deleteDatabase, openDatabase, read, resultOf, write } from './browser-profile/database.ts';
import {
  keyRow,
  makeKey,
  newIndexKey,
  openKey,
  reseal,
  vaultOf,
  type Derive,
  type KeyRow,
} from './browser-profile/profile-key.ts';
import { BrowserStore } from './browser-profile/store.ts';
import { openBytes, sealBytes, type Vault } from './browser-profile/vault.ts';
import { ConversationError } from './errors.ts';
import {
  deviceOf,
  exportDeviceKey,
  importDeviceKey,
  newDeviceKey,
  type Device,
  type DeviceKey,
} from './identity/device.ts';
import { deriveKey } from './keys/key.ts';
import type { Store } from './store.ts';

/** Which profile of this origin, and how it opens. */
export interface BrowserProfileOptions {
  /** Default: the one without a name. */
  readonly name?: string | undefined;
  readonly passphrase?: string | null | undefined;
  /** How passphrases become keys; default: here, which blocks the page for a second. */
  readonly derive?: Derive | undefined;
}

/** What one user keeps in one browser under one origin, in IndexedDB, sealed. Several tabs may have it open. */
export interface BrowserProfile {
  readonly store: Store;
  /** Its private key cannot be taken out by any script. */
  readonly device: Device;
  /** What is kept under a name, sealed; null: nothing. For an app's settings. */
  note(name: string): Promise<string | null>;
  /** Null takes it away. */
  saveNote(name: string, text: string | null): Promise<void>;
  /** For a worker of this page, which opens the same profile by it; it holds no byte of a key. */
  handOver(): HandedProfile;
  close(): void;
}

/** An open profile on its way to a worker: a structured clone keeps the key as unreadable as it is. */
export interface HandedProfile {
  readonly name: string;
  readonly key: CryptoKey;
}

const DEFAULT_NAME = 'profile';

/** How the device's key is kept: as the browser's own key pair, or sealed under the profile's key. */
interface DeviceRow {
  readonly name: 'device';
  readonly pair: DeviceKey | null;
  readonly sealed: Uint8Array<ArrayBuffer> | null;
}

/** Whether there is a profile, and whether it needs a passphrase. */
export async function browserProfileState({ name = DEFAULT_NAME }: { readonly name?: string } = {}): Promise<
  'none' | 'open' | 'locked'
> {
  const database = await openDatabase(name);
  try {
    const row = await keyRow(database);
    return row === null ? 'none' : row.salt === null ? 'open' : 'locked';
  } finally {
    database.close();
  }
}

/**
 * A new profile. One that is there already stays as it is, and is opened.
 *
 * @throws ConversationError `empty-passphrase`; as `openBrowserProfile`
 */
export async function createBrowserProfile(options: BrowserProfileOptions = {}): Promise<BrowserProfile> {
  const { name = DEFAULT_NAME, passphrase = null, derive = deriveKey } = options;
  const database = await openDatabase(name);
  try {
    const { row, key } = await makeKey(newIndexKey(), { passphrase, derive });
    const device = await newDevice(passphrase === null ? null : key);
    await write(database, ['profile'], async (table) => {
      // of two tabs that meet here the first one's stays
      if (await resultOf(table('profile').get('key'))) return;
      table('profile').put(row);
      table('profile').put(device);
    });
  } finally {
    database.close();
  }
  return openBrowserProfile(options);
}

/** @throws ConversationError `profile-unusable`: there is none; `profile-locked`, `wrong-passphrase`, `profile-damaged` */
export async function openBrowserProfile(options: BrowserProfileOptions = {}): Promise<BrowserProfile> {
  const { name = DEFAULT_NAME, passphrase = null, derive = deriveKey } = options;
  return openWith(name, (row) => openKey(row, { passphrase, derive }));
}

/** Opens what another context of this origin has open. @throws ConversationError `profile-unusable`, `profile-damaged` */
export function openHandedProfile({ name, key }: HandedProfile): Promise<BrowserProfile> {
  return openWith(name, () => Promise.resolve(key));
}

async function openWith(name: string, keyOf: (row: KeyRow) => Promise<CryptoKey>): Promise<BrowserProfile> {
  const database = await openDatabase(name);
  try {
    const row = await keyRow(database);
    if (row === null) throw new ConversationError('profile-unusable', 'There is no profile in this browser yet.');
    const key = await keyOf(row);
    const vault = await vaultOf(row, key);
    const device = await deviceIn(database, key);
    return {
      store: new BrowserStore({ database, vault, locks: `fernspeak-${name}` }),
      device,
      note: (note) => noteIn({ database, vault }, note),
      saveNote: (note, text) => saveNote({ database, vault }, note, text),
      handOver: () => ({ name, key }),
      close: () => database.close(),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Sets, changes or (`next` null) takes away the passphrase: everything is sealed anew under a new key. Nobody may write
 * meanwhile. What stays as it was: the signing key of a profile that was made without a passphrase. It cannot be taken out of
 * the browser, but who can run scripts on this origin can use it, also while the profile is locked.
 *
 * @throws ConversationError as `openBrowserProfile`; `empty-passphrase`
 */
export async function setBrowserPassphrase({
  next,
  ...options
}: BrowserProfileOptions & { readonly next: string | null }): Promise<void> {
  const { name = DEFAULT_NAME, passphrase = null, derive = deriveKey } = options;
  const database = await openDatabase(name);
  try {
    const row = await keyRow(database);
    if (row === null) return;
    const was = await openKey(row, { passphrase, derive });
    await reseal(database, was, { passphrase: next, derive }, async (key) => [
      await resealDevice(database, was, next === null ? null : key),
    ]);
  } finally {
    database.close();
  }
}

/** Deletes everything. Tabs that have it open must have closed it. */
export function deleteBrowserProfile({ name = DEFAULT_NAME }: { readonly name?: string } = {}): Promise<void> {
  return deleteDatabase(name);
}

/** @param over the key under which it is sealed; null: the browser keeps it */
async function newDevice(over: CryptoKey | null): Promise<DeviceRow> {
  if (over === null) return { name: 'device', pair: await newDeviceKey(), sealed: null };
  const pkcs8 = await exportDeviceKey(await newDeviceKey({ extractable: true }));
  return { name: 'device', pair: null, sealed: await sealBytes(over, pkcs8) };
}

async function deviceRow(database: IDBDatabase): Promise<DeviceRow> {
  return (await read(database, 'profile', (table) => table.get('device'))) as DeviceRow;
}

async function deviceIn(database: IDBDatabase, key: CryptoKey): Promise<Device> {
  const { pair, sealed } = await deviceRow(database);
  return deviceOf(pair ?? (await opened(sealed, key)));
}

/** Not extractable: the bytes are gone when this returns. */
async function opened(sealed: DeviceRow['sealed'], key: CryptoKey): Promise<DeviceKey> {
  return importDeviceKey(await openBytes(key, sealed ?? new Uint8Array()), { extractable: false });
}

async function resealDevice(database: IDBDatabase, was: CryptoKey, next: CryptoKey | null): Promise<DeviceRow> {
  const row = await deviceRow(database);
  if (row.pair) return row;
  if (next === null) return { name: 'device', pair: await opened(row.sealed, was), sealed: null };
  return { ...row, sealed: await sealBytes(next, await openBytes(was, row.sealed ?? new Uint8Array())) };
}

interface Open {
  readonly database: IDBDatabase;
  readonly vault: Vault;
}

async function noteIn({ database, vault }: Open, name: string): Promise<string | null> {
  const index = await vault.index(name);
  const row = (await read(database, 'note', (table) => table.get(index))) as
    { body: Uint8Array<ArrayBuffer> } | undefined;
  return row ? vault.open(row.body) : null;
}

async function saveNote({ database, vault }: Open, name: string, text: string | null): Promise<void> {
  const index = await vault.index(name);
  const body = text === null ? null : await vault.seal(text);
  await write(database, ['note'], (table) => {
    if (body === null) table('note').delete(index);
    else table('note').put({ name: index, body });
  });
}
