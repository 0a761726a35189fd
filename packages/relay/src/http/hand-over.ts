import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The class of a server's requests with which Node hands over the connection of each that `wanted` picks, as it does
 * for `Upgrade`: the parser is freed, no response is made, and the server's event `upgrade` gets request and connection.
 * An idle connection then costs a quarter. Node asks the request's `upgrade` once its head was read; that a class may
 * answer is not in its documentation, and test/hand-over.test.ts fails when it no longer may.
 */
export function handedOver(wanted: (request: IncomingMessage) => boolean): typeof IncomingMessage {
  return class extends IncomingMessage {
    #upgrade: boolean | null = null;

    /** Asked several times while a request is read: always the same. */
    get upgrade(): boolean {
      return (this.#upgrade ??= this.method === 'CONNECT' || wanted(this));
    }

    /** What the headers ask for; an Upgrade is not taken. */
    set upgrade(_asked: unknown) {}
  };
}

/** Takes over such a connection: it ends with its other end and after silence, and what still comes is thrown away. */
export function takeOver(connection: Socket): void {
  // the same functions for all: ten thousand readers have no closures of their own
  connection.on('error', ignore).on('end', end).on('timeout', cut).resume();
}

function ignore(): void {} // its close says the same

function end(this: Socket): void {
  this.end();
}

function cut(this: Socket): void {
  this.destroy();
}
