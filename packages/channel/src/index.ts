export type {
  CallOptions,
  Channel,
  ChannelInfo,
  Entry,
  Extra,
  Limits,
  ReadOptions,
  ReadRange,
  Unreachable,
} from './channel.ts';
export { ChannelError, isChannelError, isPassing } from './errors.ts';
export type { ChannelErrorCode, ChannelErrorOptions } from './errors.ts';
export { parseAddress, placeOf } from './address.ts';
export type { Address } from './address.ts';
export { fit } from './fit.ts';
export type { FitOptions } from './fit.ts';
export { JOIN_WINDOW, emptyJoining, join } from './join.ts';
export type { Arrival, Joining, OpenWindow } from './join.ts';
export { MemoryChannel } from './memory.ts';
export type { MemoryChannelOptions } from './memory.ts';
export { openHttpChannel } from './http/channel.ts';
export type { HttpChannelOptions } from './http/channel.ts';
export type { Fields } from './format/fields.ts';
