import type { Arrival, ChannelInfo } from '@fernspeak/channel';
import { viewText, type EntryView, type FieldView, type Links, type TokenView } from '@fernspeak/channel/outside';
import { entriesNamed } from '../sent.ts';
import type { Style } from '../terminal/style.ts';
import { visibleLine } from '../terminal/visible.ts';

/** One entry, taken apart. `joined`: what it completes, when it is the last part of something. */
export interface Inspected {
  readonly view: EntryView;
  readonly links: Links;
  readonly joined: Arrival | null;
}

const LABEL = 12;
const VALUE = 34;
/** Characters of a readable value that are shown; the rest is counted. */
const SHOWN = 200;

/** Renders entries the way age-inspect does; lines that begin with `>` can be read by anyone. */
export class InspectText {
  readonly #style: Style;
  readonly #names: ChannelInfo['fieldNames'];
  readonly #remarks: boolean;

  /** @param remarks false: only what is there, not what it means */
  constructor(style: Style, fieldNames: ChannelInfo['fieldNames'], remarks: boolean) {
    this.#style = style;
    this.#names = fieldNames;
    this.#remarks = remarks;
  }

  /** Lines without their line ends. */
  entry({ view, links, joined }: Inspected): string[] {
    const lines = [
      this.#style.bold(`entry ${view.entryId}`),
      this.#readable('stored at', view.storedAt, since(links)),
      this.#readable('size', sizeOf(view), sameSize(links)),
      ...view.fields.flatMap((field) => this.#field(field)),
      ...this.#part(view, links, joined),
    ];
    if (view.fields.length === 0 && view.part === null) lines.push(this.#readable('fields', 'none', 'an empty entry'));
    lines.push(...view.extras.flatMap(({ name, content }) => this.#content(visibleLine(name), content)));
    return lines;
  }

  #content(label: string, content: FieldView['content'], remark = ''): string[] {
    return content.kind === 'token'
      ? [this.#readable(label, tokenOf(content), remark), ...this.#token(content)]
      : [this.#notSealed(label, content.text), ...(remark === '' ? [] : [this.#readable('', '', remark)])];
  }

  #field({ field, content }: FieldView): string[] {
    const name = this.#names[field - 1];
    const called = name === null || name === undefined ? '' : `called “${visibleLine(name)}”, readable as well`;
    return this.#content(`field${field}`, content, called);
  }

  #notSealed(label: string, text: string): string {
    const { yellow, bold } = this.#style;
    const shown = visibleLine(
      Array.from(text.slice(0, SHOWN * 2))
        .slice(0, SHOWN)
        .join(''),
    );
    const characters = Array.from(text).length;
    const more = characters > SHOWN ? ` … (${charactersNamed(characters)})` : '';
    return `${yellow('>')} ${label.padEnd(LABEL)} ${bold(yellow('NOT SEALED, anyone can read it:'))} ${shown}${more}`;
  }

  #token(token: TokenView): string[] {
    const body = 25 + token.ciphertextBytes;
    const [least, most] = token.messageBytes;
    const told = token.sealedAt ?? 'not told (0)';
    return [
      this.#bytes('0', 'version', token.version),
      this.#bytes('1–8', 'sealed at', told, "the token's own clock, in clear"),
      this.#bytes('9–24', 'IV', token.iv, 'random, tells nothing'),
      this.#sealed(
        `25–${body - 1}`,
        'ciphertext',
        `${token.ciphertextBytes} bytes`,
        `cannot be read: a message of ${least} to ${most} bytes`,
      ),
      this.#bytes(
        `${body}–${body + 31}`,
        'HMAC',
        `${token.hmac.slice(0, 32)}…`,
        'nobody without the key can make or alter it',
      ),
    ];
  }

  #part({ part }: EntryView, { sameSending }: Links, joined: Arrival | null): string[] {
    if (part === null) return [];
    const which = `${part.index} of ${part.count}`;
    const others = sameSending.length === 0 ? '' : `the same sending as ${entriesNamed(sameSending)}`;
    const lines = [this.#readable('part', which, `of ${part.id}${others === '' ? '' : `, ${others}`}`)];
    if (part.text !== null) lines.push(this.#notSealed('', part.text));
    const whole = joined?.strings[0]?.text;
    if (whole === undefined) return lines;
    const content = viewText(whole);
    const from =
      content.kind === 'readable' || joined?.entries.length === 1
        ? ''
        : `from ${joined?.entries.length} entries, ${charactersNamed(whole.length)}`;
    return [...lines, ...this.#content('joined', content, from)];
  }

  #bytes(range: string, label: string, value: string, remark = ''): string {
    return this.#readable('', byteRow(range, label, value), remark);
  }

  #sealed(range: string, label: string, value: string, remark: string): string {
    return line(' ', '', byteRow(range, label, value), this.#remark(remark));
  }

  #readable(label: string, value: string, remark = ''): string {
    return line(this.#style.yellow('>'), label, value, this.#remark(remark));
  }

  #remark(text: string): string {
    return this.#remarks ? this.#style.dim(text) : '';
  }
}

function byteRow(range: string, label: string, value: string): string {
  return `${range.padEnd(8)} ${label.padEnd(10)} ${value.padEnd(VALUE)}`;
}

function line(mark: string, label: string, value: string, remark: string): string {
  return `${mark} ${label.padEnd(LABEL)} ${value.padEnd(VALUE)}  ${remark}`.trimEnd();
}

function tokenOf({ wrapped, bytes }: TokenView): string {
  return `a Fernet token of ${bytes} bytes${wrapped ? ", in b'…'" : ''}`;
}

function sizeOf({ characters, fields, part }: EntryView): string {
  const count = fields.length;
  return `${charactersNamed(characters)}${part !== null || count === 0 ? '' : ` in ${count} field${count === 1 ? '' : 's'}`}`;
}

/** "1 character", "120 characters". */
function charactersNamed(count: number): string {
  return `${count} character${count === 1 ? '' : 's'}`;
}

function since({ secondsSincePrevious: seconds }: Links): string {
  return seconds === null ? '' : `${duration(seconds)} after the entry before`;
}

function sameSize({ sameSize: listed, sameSizeCount: total }: Links): string {
  if (total === 0) return '';
  return total === listed.length
    ? `as ${entriesNamed(listed)}`
    : `as ${total} entries before, ${listed.at(-1)} the last of them`;
}

/** "14 s", "5 min 2 s", "3 h 10 min", "2 d 4 h". */
export function duration(seconds: number): string {
  if (seconds < 0) return `${-seconds} s less than no time`;
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const;
  let rest = Math.round(seconds);
  const parts = units.flatMap(([unit, size]) => {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    return amount === 0 ? [] : [`${amount} ${unit}`];
  });
  return parts.slice(0, 2).join(' ') || '0 s';
}
