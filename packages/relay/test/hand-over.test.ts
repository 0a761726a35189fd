import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { handedOver, takeOver } from '../src/http/hand-over.ts';

/** What a server made of a request. */
type Event = readonly [event: 'request' | 'upgrade', url: string | undefined];

interface Server {
  readonly events: Event[];
  /** A connection on which this was sent. */
  send(text: string): Socket;
  /** The connection that is handed over next. */
  next(): Promise<Socket>;
}

/** Hands over what is asked of /live, and answers the rest. */
async function serverOf(t: TestContext, timeout = 0): Promise<Server> {
  const events: Event[] = [];
  const server = createServer(
    { IncomingMessage: handedOver(({ url }) => url === '/live'), requireHostHeader: false },
    (request, response) => {
      events.push(['request', request.url]);
      response.end('answered');
    },
  );
  server.timeout = timeout;
  server.on('upgrade', ({ url, socket }: IncomingMessage) => {
    events.push(['upgrade', url]);
    takeOver(socket);
    socket.write('live');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const send = (text: string): Socket => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.on('error', () => {});
    socket.write(text);
    return socket;
  };
  const next = async (): Promise<Socket> => ((await once(server, 'upgrade')) as [IncomingMessage])[0].socket;
  return { events, send, next };
}

async function text(socket: Socket): Promise<string> {
  return String(((await once(socket, 'data')) as [Buffer])[0]);
}

test('Node hands over the connections that are wanted, also after other requests, and no others', async (t) => {
  const { events, send } = await serverOf(t);
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
  const socket = send(`GET /one HTTP/1.1\r\n${upgrade}\r\n`);
  assert.match(await text(socket), /^HTTP\/1\.1 200 OK[^]*answered$/);
  socket.write('POST /two HTTP/1.1\r\nContent-Length: 6\r\n\r\n/live\n');
  assert.match(await text(socket), /answered$/);
  socket.write('GET /live HTTP/1.1\r\n\r\n');
  assert.equal(await text(socket), 'live');
  const tunnel = send('CONNECT example.com:443 HTTP/1.1\r\n\r\n');
  await once(tunnel, 'close');
  assert.deepEqual(events, [
    ['request', '/one'],
    ['request', '/two'],
    ['upgrade', '/live'],
  ]);
});

test('what comes after such a request is thrown away, whatever it is', async (t) => {
  const { events, send, next } = await serverOf(t);
  const taken = next();
  const socket = send('POST /live HTTP/1.1\r\nContent-Length: 9\r\n\r\na body GET /one HTTP/1.1\r\n\r\n');
  const connection = await taken;
  assert.equal(await text(socket), 'live');
  await new Promise((resolve) => socket.write(Buffer.alloc(8 * 1024 * 1024), resolve));
  connection.write('still');
  assert.equal(await text(socket), 'still');
  assert.deepEqual(events, [['upgrade', '/live']]);
});

test('it ends when its client has ended, is gone, or is silent for too long', async (t) => {
  const { send, next } = await serverOf(t, 500);
  const ways: ((socket: Socket) => unknown)[] = [(socket) => socket.end(), (socket) => socket.resetAndDestroy()];
  for (const way of [...ways, () => {}]) {
    const taken = next();
    const socket = send('GET /live HTTP/1.1\r\n\r\n');
    const connection = await taken;
    assert.equal(await text(socket), 'live');
    const closed = new Promise((resolve) => connection.once('close', resolve));
    way(socket);
    await closed;
  }
});
