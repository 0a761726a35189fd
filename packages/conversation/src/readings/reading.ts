import { textOf } from '../content.ts';
import type { Message } from '../message.ts';

/** One number that a device sealed. */
export interface Reading {
  /** The field's name, the JSON key, or both; `value` for a bare number. Written by others. */
  readonly name: string;
  /** Milliseconds since 1970: when it was sealed, if its token tells, else when the channel stored it. */
  readonly time: number;
  readonly entryId: number;
  /** Finite. */
  readonly value: number;
}

/** Longer bodies are no readings: nobody's sensor writes them, and parsing them costs. */
const LONGEST_BODY = 65_536;
const LONGEST_NAME = 64;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** So many of the messages that open must be readings, in all: a chat in which somebody says "6" is none. */
const SHARE = 0.8;

/**
 * The readings in a message: a number as text, or the finite numbers of a flat JSON object. None for everything else, and
 * for what was not sealed, which anyone may have written. The time that counts is the token's, which the key vouches for:
 * a reading that a channel repeats keeps its old one.
 */
export function readingsOf({ content, readable, sealedAt, storedAt, field, entryId }: Message): Reading[] {
  const time = sealedAt?.getTime() ?? Date.parse(storedAt);
  if (content === null || readable || Number.isNaN(time) || content.bytes.length > LONGEST_BODY) return [];
  const label = field === null ? null : (field.name ?? `field${field.index}`);
  return numbersIn(textOf(content)?.trim() ?? '').map(([key, value]) => ({
    name: shortened([label, key].filter((part) => part !== null).join(' ') || 'value'),
    time,
    entryId,
    value,
  }));
}

/** Whether messages are a device's readings: at least two that open, and four of five of those. */
export function isReadings(messages: Iterable<Message>): boolean {
  let opened = 0;
  let readings = 0;
  for (const message of messages) {
    if (message.content === null || message.readable) continue;
    opened += 1;
    if (readingsOf(message).length > 0) readings += 1;
  }
  return readings >= 2 && readings >= opened * SHARE;
}

function numbersIn(text: string): [key: string | null, value: number][] {
  if (NUMBER.test(text)) return Number.isFinite(Number(text)) ? [[null, Number(text)]] : [];
  if (!text.startsWith('{')) return [];
  return Object.entries(parsed(text)).filter((pair): pair is [string, number] => Number.isFinite(pair[1]));
}

function parsed(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    return {};
  }
}

function shortened(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
}
