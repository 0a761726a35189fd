export { viewEntry, viewText } from './anatomy.ts';
export type { EntryView, FieldView, ReadableView, TokenView } from './anatomy.ts';
export { LEAK_WINDOW, leaksOf } from './leaks.ts';
export type { Leak, LeakLevel, Leaks } from './leaks.ts';
export { Linking } from './links.ts';
export type { Links } from './links.ts';
