export { startRelay } from './relay.ts';
export type { Relay } from './relay.ts';
export { startAppServer, type AppServer, type AppServerOptions } from './web/app-server.ts';
export { readRelayOptions, RELAY_OPTIONS } from './options.ts';
export type { RelayOption, RelayOptions, RelaySettings } from './options.ts';
export type { StoredEntry } from './api/context.ts';
export { isRelayError, RelayError } from './relay-error.ts';
export type { RelayErrorCode } from './relay-error.ts';
