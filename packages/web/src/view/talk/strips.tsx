import type { JSX } from 'preact';
import type { App } from '../../engine/app.ts';
import type { Connection } from '../../engine/model.ts';
import type { Talk } from '../../engine/talk/talk.ts';
import { openDialog } from '../dialogs/opened.ts';
import { nameInLine } from '../parts/text.ts';

const CONNECTIONS: Readonly<Record<Exclude<Connection, 'live'>, string>> = {
  connecting: 'Connecting …',
  offline: 'No relay can be reached. What you write is kept here, and goes out later.',
  stopped: 'The relay does not let this browser read here any more. What you have stays.',
};

/** What concerns the conversation as a whole: strips, not messages that pass. */
export function Strips({ app, talk }: { readonly app: App; readonly talk: Talk }): JSX.Element {
  const connection = app.online.value ? talk.connection.value : 'offline';
  const onMessages = new Set(talk.messages.value.flatMap(({ findings }) => findings.map(({ sentence }) => sentence)));
  const findings = talk.findings.value.filter(({ sentence }) => !onMessages.has(sentence));
  return (
    <div class="strips" aria-live="polite">
      {talk.isInMemory && (
        <p class="strip">
          This relay lets only its owner make conversations: this one is in this page’s memory alone, and gone with it.
        </p>
      )}
      {connection !== 'live' && <p class="strip">{CONNECTIONS[connection]}</p>}
      {talk.changed.value.map(({ name, is }) => (
        <p class="strip loud" key={is}>
          <span aria-hidden="true">■ </span>
          {nameInLine(name)} has a new identity. Messages wait.{' '}
          <button type="button" class="link" onClick={() => openDialog({ kind: 'verify', member: is })}>
            Verify again
          </button>
        </p>
      ))}
      {findings.map((finding) => (
        <p class="strip loud" key={finding.id ?? finding.sentence}>
          <span aria-hidden="true">▲ </span>
          {finding.sentence}{' '}
          <button type="button" class="link" onClick={() => openDialog({ kind: 'finding', finding })}>
            More
          </button>
        </p>
      ))}
    </div>
  );
}
