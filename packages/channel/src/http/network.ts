import { ChannelError } from '../errors.ts';

/** Failures before anything was sent (Node's system errors and undici's). */
const NOTHING_SENT: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name cannot be resolved now',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
  ENETDOWN: 'there is no network',
  EADDRNOTAVAIL: 'there is no network',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
};

const TLS = /^(?:CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;

interface Circumstances {
  readonly where: string;
  readonly timedOut: boolean;
  readonly timeoutMs: number;
}

/** The typed error for what `fetch` failed with. */
export function networkError(error: unknown, { where, timedOut, timeoutMs }: Circumstances): ChannelError {
  if (timedOut) {
    return new ChannelError('unclear', `${where} gave no whole answer within ${timeoutMs / 1000} seconds.`, {
      hint: 'It may have arrived all the same; the next try looks first.',
      cause: error,
    });
  }
  // the platform's fetch refuses some port numbers (fetch.spec.whatwg.org/#port-blocking), and says no more than that
  if (error instanceof Error && error.cause instanceof Error && error.cause.message === 'bad port') {
    return new ChannelError('not-a-channel', `${where} cannot be used: programs of the web may not use its port.`, {
      hint: 'Check the number behind the colon. A relay of your own takes another one: --port 8130.',
      cause: error,
    });
  }
  const code = causeCode(error);
  const reason = NOTHING_SENT[code];
  if (reason !== undefined) {
    return new ChannelError('unreachable', `${where} cannot be reached: ${reason}.`, {
      hint: 'Check the address and the network; for a relay of your own, whether it runs.',
      cause: error,
    });
  }
  if (TLS.test(code)) {
    const why = /^(?:ERR_SSL_|EPROTO)/.test(code)
      ? 'it does not answer as an https server'
      : 'its certificate is not accepted';
    return new ChannelError('unreachable', `${where} cannot be reached safely: ${why} (${code}).`, {
      hint: 'A server without a certificate has an http:// address; else somebody may be in between.',
      cause: error,
    });
  }
  if (code === 'HTTPParserError') {
    return new ChannelError('not-a-channel', `${where} does not speak HTTP.`, { stored: 'unknown', cause: error });
  }
  const detail = code === '' ? '' : ` (${code})`;
  return new ChannelError('unclear', `The connection to ${where} broke before the answer was whole${detail}.`, {
    cause: error,
  });
}

/** The code of the innermost cause that has one; '' when there is none (browsers tell nothing). */
function causeCode(error: unknown): string {
  let code = '';
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    // undici gives this one sometimes with a code of its parser's, sometimes with none
    if (at.name === 'HTTPParserError') return at.name;
    const own = (at as { code?: unknown }).code;
    if (typeof own === 'string') code = own;
  }
  return code;
}
