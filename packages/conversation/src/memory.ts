import type { Store } from './store.ts';
/** A store that lives as long as the program: for tests and one-shot programs. */
export declare function memoryStore(): Store;
