/** A table, its key, and what it is searched by. */
const TABLES: readonly {
  readonly name: TableName;
  readonly options: IDBObjectStoreParameters;
  readonly indexes: Readonly<Record<string, { readonly by: string | string[]; readonly unique?: boolean }>>;
}[] = [
  { name: 'profile', options: { keyPath: 'name' }, indexes: {} },
  { name: 'note', options: { keyPath: 'name' }, indexes: {} },
  { name: 'checkpoint', options: { keyPath: 'address' }, indexes: {} },
  {
    name: 'outbox',
    options: { keyPath: 'id', autoIncrement: true },
    indexes: { address: { by: ['address', 'id'] } },
  },
  {
    name: 'conversation',
    options: { keyPath: 'id', autoIncrement: true },
    indexes: { identity: { by: 'identity', unique: true } },
  },
  { name: 'journal', options: { keyPath: ['conversation', 'entry'] }, indexes: {} },
  {
    name: 'shown',
    options: { keyPath: 'position', autoIncrement: true },
    indexes: { place: { by: ['conversation', 'position'] }, loud: { by: ['conversation', 'loud', 'position'] } },
  },
];

export type TableName = 'profile' | 'note' | 'checkpoint' | 'outbox' | 'conversation' | 'journal' | 'shown';

const VERSION = 1;

/** Opens the database of a profile, and makes it where there is none. */
export function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(databaseName(name), VERSION);
  request.onupgradeneeded = () => {
    for (const { name: table, options, indexes } of TABLES) {
      const made = request.result.createObjectStore(table, options);
      for (const [index, { by, unique = false }] of Object.entries(indexes)) made.createIndex(index, by, { unique });
    }
  };
  return resultOf(request);
}

export async function deleteDatabase(name: string): Promise<void> {
  await resultOf(indexedDB.deleteDatabase(databaseName(name)));
}

function databaseName(name: string): string {
  return `fernspeak-${name}`;
}

/** The answer of one request. @throws DOMException as IndexedDB does */
export function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new DOMException('The request failed.'));
  });
}

/**
 * One transaction that writes. Resolves once it outlives the loss of power, where the browser can promise that. `work` may
 * only wait for requests of this transaction: it ends by itself when nothing is asked of it.
 */
export async function write<T>(
  database: IDBDatabase,
  tables: readonly TableName[],
  work: (table: (name: TableName) => IDBObjectStore) => Promise<T> | T,
): Promise<T> {
  const transaction = database.transaction([...tables], 'readwrite', { durability: 'strict' });
  const ended = new Promise<void>((resolve, reject) => {
    const failed = (): void => reject(transaction.error ?? new DOMException('The transaction ended.', 'AbortError'));
    transaction.oncomplete = () => resolve();
    transaction.onabort = failed;
    transaction.onerror = failed;
  });
  ended.catch(() => {}); // told by what follows
  let result: T;
  try {
    result = await work((name) => transaction.objectStore(name));
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // it has ended by itself
    }
    throw error;
  }
  await ended;
  return result;
}

/** One request that reads. */
export function read<T>(
  database: IDBDatabase,
  name: TableName,
  ask: (table: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  return resultOf(ask(database.transaction(name, 'readonly').objectStore(name)));
}
