import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Ending } from './processes.ts';

/** A TCP proxy between a client and a server that a test has full command of. */
export interface CuttingProxy {
  readonly port: number;
  /** Connections so far. */
  connections(): number;
  /** Where it leads to from now on. */
  leadTo(port: number): void;
  /** Cuts every connection: both sides get a reset. */
  cut(): void;
  /** Takes connections and bytes and passes nothing on, in no direction, and tells nobody of an end: half-open. */
  freeze(frozen: boolean): void;
  /** Holds event streams back until the server closes them, as a proxy does that collects what has no length. */
  buffer(buffering: boolean): void;
}

/** Starts one on loopback; it ends with the test. */
export async function startCuttingProxy(t: Ending, port: number): Promise<CuttingProxy> {
  let target = port;
  let frozen = false;
  let buffering = false;
  let connections = 0;
  const open = new Set<Socket>();
  const pass = (from: Socket, to: Socket, isAnswer: boolean): void => {
    const held: Buffer[] = [];
    from.on('data', (piece: Buffer) => {
      if (frozen) return;
      if (held.length > 0 || (isAnswer && buffering && piece.includes('text/event-stream'))) held.push(piece);
      else to.write(piece);
    });
    from.on('end', () => {
      if (frozen) return;
      for (const piece of held) to.write(piece);
      to.end();
    });
    from.on('close', () => {
      if (!frozen) to.destroy();
      open.delete(from);
    });
    from.on('error', () => {});
    open.add(from);
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    connections++;
    const upstream = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    pass(client, upstream, false);
    pass(upstream, client, true);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of open) socket.resetAndDestroy();
  };
  t.after(() => {
    cut();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    leadTo: (port) => (target = port),
    cut,
    freeze: (to) => (frozen = to),
    buffer: (to) => (buffering = to),
  };
}
