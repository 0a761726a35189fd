// The npm package `fernet`, from bench/peers. It takes and gives texts only.
import { createRequire } from 'node:module';
import { serve } from './serve.ts';

interface Token {
  encode(message: string): string;
  decode(): string;
}
interface NpmFernet {
  readonly Secret: new (key: string) => object;
  readonly Token: new (options: { secret: object; token?: string; ttl?: number }) => Token;
}

const require = createRequire(new URL('../peers/package.json', import.meta.url));
const fernet = require('fernet') as NpmFernet;
let secret: object = {};

await serve({
  use: (key) => {
    secret = new fernet.Secret(key);
  },
  seal: (message) => new fernet.Token({ secret }).encode(Buffer.from(message).toString('latin1')),
  open: (token) => new fernet.Token({ secret, token, ttl: 0 }).decode(),
});
