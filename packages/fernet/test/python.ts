import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Python } from '@fernspeak/test';

/** Answers each line of JSON with one: the result of an expression's worth of work on Python's cryptography. */
const PROGRAM = `
import base64, json, sys
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

def unpack(text): return base64.b64decode(text)
def pack(data): return base64.b64encode(data).decode()

def exchange(keys, key, token):
    """Opens a token and makes of it: the same message again, and the token rotated; both rings must agree."""
    fernet, ring = Fernet(key), MultiFernet([Fernet(k) for k in keys])
    message = fernet.decrypt(token)
    assert ring.decrypt(token) == message
    again = fernet.encrypt_at_time(message, fernet.extract_timestamp(token))
    return {"again": again.decode(), "rotated": ring.rotate(token).decode()}

def open_token(key, token, ttl=None, now=None):
    try:
        message = Fernet(key).decrypt(token) if ttl is None else Fernet(key).decrypt_at_time(token, ttl, now)
        return {"message": pack(message), "timestamp": Fernet(key).extract_timestamp(token)}
    except (InvalidToken, ValueError):  # ValueError: the token is not ASCII
        return {"message": None}

def from_parts(key, message, time, iv):
    return {"token": Fernet(key)._encrypt_from_parts(unpack(message), time, unpack(iv)).decode()}

calls = {"exchange": exchange, "open": open_token, "fromParts": from_parts}
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(calls[request["call"]](**request["with"])), flush=True)
`;

/** What the program answers to each call. */
interface Answers {
  readonly exchange: { readonly again: string; readonly rotated: string };
  readonly open: { readonly message: string | null; readonly timestamp?: number };
  readonly fromParts: { readonly token: string };
}

/** One long-lived Python with `cryptography`, asked one thing at a time. */
export class PythonFernet {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #complaints: Buffer[] = [];

  constructor({ command }: Python) {
    this.#process = spawn(command, ['-c', PROGRAM]);
    this.#process.stderr.on('data', (chunk: Buffer) => this.#complaints.push(chunk));
    this.#lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  /** Rejects when Python failed, with what it said. */
  async ask<Call extends keyof Answers>(call: Call, input: Record<string, unknown>): Promise<Answers[Call]> {
    this.#process.stdin.write(`${JSON.stringify({ call, with: input })}\n`);
    const line = await this.#lines.next();
    if (line.done) throw new Error(`Python ended: ${Buffer.concat(this.#complaints).toString()}`);
    return JSON.parse(line.value) as Answers[Call];
  }

  end(): void {
    this.#process.kill();
  }
}
