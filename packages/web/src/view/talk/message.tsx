import type { JSX } from 'preact';
import type { App } from '../../engine/app.ts';
import type { ShownMessage } from '../../engine/model.ts';
import type { Talk } from '../../engine/talk/talk.ts';
import { openDialog } from '../dialogs/opened.ts';
import { isLinked, link } from '../relay-side/linked.ts';
import { Lazy } from '../parts/lazy.tsx';
import { clock } from '../parts/time.ts';
import { deliveryOf, said, senderOf } from './words.ts';

interface MessageProps {
  readonly app: App;
  readonly talk: Talk;
  readonly message: ShownMessage;
  /** False: the one before is by the same. */
  readonly named: boolean;
}

/** A message, and in its line what was found wrong about it. */
export function Message({ app, talk, message, named }: MessageProps): JSX.Element {
  const { mine, kind, entries, findings, delivery, title } = message;
  const notice = kind === 'hello';
  const classes = ['message', mine ? 'mine' : 'theirs', notice ? 'notice' : '', isLinked(entries) ? 'linked' : ''];
  return (
    <li
      class={classes.filter((each) => each !== '').join(' ')}
      onMouseEnter={() => link(entries)}
      onMouseLeave={() => link([])}
    >
      {named && !mine && !notice && <Sender message={message} />}
      {notice ? (
        <p dir="auto">{said(message)}</p>
      ) : (
        <div class="bubble" tabIndex={0} onFocus={() => link(entries)} onBlur={() => link([])}>
          {title !== undefined && <strong dir="auto">{title}</strong>}
          {message.file && (
            <Lazy load={() => import('../files/file-bubble.tsx')}>
              {({ FileBubble }) => <FileBubble app={app} talk={talk} message={message} />}
            </Lazy>
          )}
          {!message.file && (
            <p dir="auto">
              {kind === 'text' || kind === 'plain' ? (message.text ?? 'This is no text.') : said(message)}
            </p>
          )}
        </div>
      )}
      {findings.map((finding) => (
        <p class="finding" key={finding.code}>
          <span aria-hidden="true">▲ </span>
          {finding.sentence}{' '}
          <button type="button" class="link" onClick={() => openDialog({ kind: 'finding', finding })}>
            More
          </button>
        </p>
      ))}
      {!notice && (
        <p class="below">
          <time dateTime={message.at.toISOString()}>{clock(message.at)}</time>
          {delivery && <DeliveryNote talk={talk} message={message} />}
        </p>
      )}
    </li>
  );
}

function Sender({ message }: { readonly message: ShownMessage }): JSX.Element {
  const { sender } = message;
  return (
    <p class="sender" dir="auto">
      {senderOf(message)}
      {sender?.verified === true && <span class="trust verified"> ● verified</span>}
      {sender?.sameAs && <span class="note"> another device with this name</span>}
    </p>
  );
}

function DeliveryNote({ talk, message }: { readonly talk: Talk; readonly message: ShownMessage }): JSX.Element {
  const { delivery } = message;
  if (delivery === null) return <></>;
  const [sign, words] = deliveryOf(delivery);
  return (
    <span class={`delivery ${delivery.state}`}>
      {' · '}
      <span aria-hidden="true">{sign} </span>
      {words}
      {delivery.state === 'failed' && (
        <>
          {' '}
          <button type="button" class="link" onClick={() => void talk.retry(message)}>
            Try again
          </button>{' '}
          <button type="button" class="link" onClick={() => talk.dismiss(message)}>
            Remove
          </button>
        </>
      )}
    </span>
  );
}
