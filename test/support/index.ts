export * from './article.ts';
export * from './processes.ts';
export * from './python.ts';
export * from './temporary.ts';
export * from './cutting-proxy.ts';
export * from './meeting.ts';
export * from './browser.ts';
