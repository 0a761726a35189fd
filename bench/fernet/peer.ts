import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Nanoseconds that one encryption and one decryption took. */
export interface Sample {
  readonly encrypt: number;
  readonly decrypt: number;
}

/** A library in a process of its own, kept from the first round to the last; it is asked one thing at a time. */
export class Peer {
  readonly name: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #complaints: Buffer[] = [];

  constructor(name: string, command: string, args: readonly string[]) {
    this.name = name;
    this.#process = spawn(command, args);
    this.#process.stderr.on('data', (chunk: Buffer) => this.#complaints.push(chunk));
    this.#process.stdin.on('error', () => {}); // #ask says why it ended
    this.#lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  async use(key: string): Promise<void> {
    await this.#ask(`key ${key}`);
  }

  seal(message: Uint8Array): Promise<string> {
    return this.#ask(`seal ${Buffer.from(message).toString('hex')}`);
  }

  async open(token: string): Promise<Buffer> {
    return Buffer.from(await this.#ask(`open ${token}`), 'hex');
  }

  /** Measures messages of `size` bytes: so many samples, each the mean of a batch. */
  async time(size: number, batch: number, samples: number): Promise<Sample[]> {
    const times = (await this.#ask(`time ${size} ${batch} ${samples}`)).split(' ').map(Number);
    return Array.from({ length: samples }, (_, i) => ({ encrypt: times[2 * i]!, decrypt: times[2 * i + 1]! }));
  }

  end(): void {
    this.#process.kill();
  }

  async #ask(request: string): Promise<string> {
    this.#process.stdin.write(`${request}\n`);
    const line = await this.#lines.next();
    if (line.done) throw new Error(`${this.name} ended: ${Buffer.concat(this.#complaints).toString()}`);
    return line.value;
  }
}
