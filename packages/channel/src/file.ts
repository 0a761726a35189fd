export { openFileChannel } from './csv/channel.ts';
