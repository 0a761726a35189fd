// redis and mosquitto from Debian on loopback, and the few bytes of their protocols that the bench needs: written by hand,
// for a client library would add its own time to theirs.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { install, skipped } from './debian.ts';

export type BrokerName = 'redis' | 'mosquitto';

/** A broker that runs until `end`. */
export interface Broker {
  readonly name: BrokerName;
  readonly port: number;
  end(): void;
}

/** Somebody who publishes, one after the other. */
export interface Publisher {
  /** Resolves when the broker has answered. */
  publish(): Promise<void>;
  end(): void;
}

const PROGRAMS: Readonly<Record<BrokerName, { readonly command: string; readonly debianPackage: string }>> = {
  redis: { command: 'redis-server', debianPackage: 'redis-server' },
  mosquitto: { command: '/usr/sbin/mosquitto', debianPackage: 'mosquitto' },
};
/** A broker that does not answer after so many looks, 50 ms apart, does not come up. */
const LOOKS = 100;

/** Null where this machine neither has it nor can install it: its rows are missing, loudly. `folder`: where it may write. */
export async function startBroker(name: BrokerName, folder: string): Promise<Broker | null> {
  const { command, debianPackage } = PROGRAMS[name];
  const present = (): boolean => spawnSync(command, ['-h']).error === undefined;
  if (!present() && !(install(debianPackage) && present())) {
    skipped(name, `needs ${command} (apt-get install ${debianPackage})`);
    return null;
  }
  const port = await freePort();
  const config = join(folder, 'mosquitto.conf');
  // as roomy as it takes for nothing to be dropped; root stays root, whose folder nobody else can read
  const lines = [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'max_queued_messages 0', 'user root'];
  writeFileSync(config, `${lines.join('\n')}\n`);
  const redis = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const child = spawn(command, name === 'redis' ? redis : ['-c', config], { stdio: 'ignore' });
  await answering(name, child, port);
  return { name, port, end: () => void child.kill() };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answering(name: string, child: ChildProcess, port: number): Promise<void> {
  for (let look = 0; look < LOOKS && child.exitCode === null; look++) {
    const socket = connect(port, '127.0.0.1');
    const answered = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (answered) return;
    await sleep(50);
  }
  child.kill();
  throw new Error(`${name} does not come up (exit code ${child.exitCode}).`);
}

/** One topic for all. */
const TOPIC = 't';

/** Somebody who publishes `payload` again and again; mosquitto acknowledges each (QoS 1). */
export async function publisherAt({ name, port }: Pick<Broker, 'name' | 'port'>, payload: string): Promise<Publisher> {
  const socket = await connected(port);
  if (name === 'mosquitto') await mqttHello(socket);
  const packet = name === 'redis' ? resp('PUBLISH', TOPIC, payload) : mqttPublish(payload, 1);
  return {
    publish: async () => {
      socket.write(packet);
      await once(socket, 'data');
    },
    end: () => void socket.destroy(),
  };
}

/** Calls `arrived` for each message of `bytes` that comes, until the socket ends. `quality`: mosquitto's QoS, 0 or 1. */
export async function subscribeAt(
  { name, port }: Pick<Broker, 'name' | 'port'>,
  { bytes, quality, arrived }: { bytes: number; quality: 0 | 1; arrived: () => void },
): Promise<Socket> {
  const socket = await connected(port);
  const payload = 'x'.repeat(bytes);
  if (name === 'redis') {
    socket.write(resp('SUBSCRIBE', TOPIC));
    await once(socket, 'data');
    eachPiece(socket, resp('message', TOPIC, payload).length, arrived);
  } else {
    await mqttHello(socket);
    socket.write(Buffer.from([0x82, 6, 0, 1, 0, 1, TOPIC.charCodeAt(0), quality]));
    await once(socket, 'data');
    const packet = mqttPublish(payload, quality);
    eachPiece(socket, packet.length, (piece) => {
      arrived();
      const id = piece.length - bytes - 2;
      if (quality === 1) socket.write(Buffer.from([0x40, 2, piece[id] ?? 0, piece[id + 1] ?? 0]));
    });
  }
  return socket;
}

async function connected(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** All that comes is of one length. */
function eachPiece(socket: Socket, length: number, take: (piece: Buffer) => void): void {
  let held: Buffer = Buffer.alloc(0);
  socket.on('data', (data: Buffer) => {
    held = held.length === 0 ? data : Buffer.concat([held, data]);
    for (; held.length >= length; held = held.subarray(length)) take(held.subarray(0, length));
  });
}

/** RESP: an array of bulk strings (ASCII). */
function resp(...words: readonly string[]): Buffer {
  return Buffer.from(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`);
}

/** MQTT 3.1.1 §3.1: a clean session, no keep-alive, a client id of the broker's. */
async function mqttHello(socket: Socket): Promise<void> {
  socket.write(Buffer.from([0x10, 12, 0, 4, ...Buffer.from('MQTT'), 4, 2, 0, 0, 0, 0]));
  await once(socket, 'data');
}

/** MQTT 3.1.1 §3.3. Before a payload of QoS 1 stand the two bytes of the packet's id. */
function mqttPublish(payload: string, quality: 0 | 1): Buffer {
  const id = quality === 1 ? [0, 1] : [];
  const length = 2 + TOPIC.length + id.length + payload.length;
  // seven bits a byte, the least first; a payload of the bench always takes two
  const head = [
    0x30 | (quality << 1),
    (length & 0x7f) | 0x80,
    length >> 7,
    0,
    TOPIC.length,
    TOPIC.charCodeAt(0),
    ...id,
  ];
  return Buffer.concat([Buffer.from(head), Buffer.from(payload)]);
}
