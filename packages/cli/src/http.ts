// A file of its own, so that the bundle has the HTTP carrier in a chunk of its own: a CSV file does not need it.
export { openHttpChannel as openHttp } from '@fernspeak/channel';
