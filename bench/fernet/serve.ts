// The side of a peer that runs in Node: it answers the requests of peer.ts, one a line.
import { createInterface } from 'node:readline';

/** What a library has to be able to do: a key, a message's token, a token's message. */
export interface Library {
  use(key: string): void;
  seal(message: Uint8Array): string;
  open(token: string): Uint8Array | string;
}

/** Answers until stdin ends. */
export async function serve(library: Library): Promise<void> {
  for await (const line of createInterface(process.stdin)) {
    const [what, ...given] = line.split(' ') as [string, ...string[]];
    console.log(answer(library, what, given));
  }
}

function answer(library: Library, what: string, [given = '', ...more]: string[]): string {
  if (what === 'seal') return library.seal(Buffer.from(given, 'hex'));
  if (what === 'open') return Buffer.from(library.open(given)).toString('hex');
  if (what === 'time') return time(library, Number(given), Number(more[0]), Number(more[1])).join(' ');
  library.use(given);
  return 'ok';
}

/** Nanoseconds of one encryption and one decryption, in turn; each the mean over a batch. */
function time(library: Library, size: number, batch: number, samples: number): number[] {
  const message = Buffer.alloc(size, 'the quick brown fox jumps over the lazy dog ');
  const times: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    const tokens = Array.from({ length: batch }, () => '');
    const started = process.hrtime.bigint();
    for (let i = 0; i < batch; i++) tokens[i] = library.seal(message);
    const sealed = process.hrtime.bigint();
    for (let i = 0; i < batch; i++) library.open(tokens[i]!);
    const opened = process.hrtime.bigint();
    times.push(Number(sealed - started) / batch, Number(opened - sealed) / batch);
  }
  return times;
}
