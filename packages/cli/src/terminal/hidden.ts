import type { ReadStream } from 'node:tty';
import { StringDecoder } from 'node:string_decoder';
import { Interrupted, cancelled } from '../errors.ts';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const CTRL_U = '\u0015';
const BACKSPACE = '\u007f';
const CTRL_H = '\b';
/** Arrow and function keys, brackets of a paste: not part of what is typed. */
// oxlint-disable-next-line no-control-regex -- the escape character is what such keys send
const KEY_SEQUENCE = /\u001b(?:\[[0-9;]*[ -/]*[@-~]|O.|.)?/g;

type Typing = { readonly text: string; readonly ended: 'enter' | 'interrupt' | 'cancel' | null };

/** What has been typed after some more input: state in, state out. */
export function typed(text: string, input: string): Typing {
  const characters = Array.from(text);
  for (const character of input.replace(KEY_SEQUENCE, '')) {
    if (character === '\r' || character === '\n') return { text: characters.join(''), ended: 'enter' };
    if (character === CTRL_C) return { text: '', ended: 'interrupt' };
    if (character === CTRL_D) return { text: '', ended: 'cancel' };
    if (character === CTRL_U) characters.length = 0;
    else if (character === BACKSPACE || character === CTRL_H) characters.pop();
    else if (character >= ' ') characters.push(character);
  }
  return { text: characters.join(''), ended: null };
}

/** What turns the stars for one text into those for another. */
function stars(before: string, after: string): string {
  const change = Array.from(after).length - Array.from(before).length;
  return change < 0 ? '\b \b'.repeat(-change) : '*'.repeat(change);
}

/** Asks on stderr and reads a line without showing it: a star for each character. */
export function readHidden(input: ReadStream, question: string): Promise<string> {
  const decoder = new StringDecoder('utf8');
  input.setRawMode(true); // before the question, or what is typed at once would be seen
  process.stderr.write(question);
  return new Promise((resolve, reject) => {
    let text = '';
    const end = (): void => {
      input.off('data', onData).off('end', onEnd).pause();
      input.setRawMode(false);
      process.stderr.write('\n');
    };
    const onEnd = (): void => {
      end();
      reject(cancelled());
    };
    const onData = (chunk: Buffer | string): void => {
      const typing = typed(text, typeof chunk === 'string' ? chunk : decoder.write(chunk));
      process.stderr.write(stars(text, typing.text));
      text = typing.text;
      if (typing.ended === null) return;
      end();
      if (typing.ended === 'enter') resolve(text);
      else reject(typing.ended === 'cancel' ? cancelled() : new Interrupted('SIGINT'));
    };
    input.on('data', onData).once('end', onEnd).resume();
  });
}
