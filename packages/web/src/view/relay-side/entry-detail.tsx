import type { Entry } from '@fernspeak/channel';
import { viewEntry, type ReadableView, type TokenView } from '@fernspeak/channel/outside';
import type { JSX } from 'preact';

/** An entry taken apart to the byte, as `fernspeak inspect` does it. */
export function EntryDetail({ entry, opened }: { readonly entry: Entry; readonly opened: string | null }): JSX.Element {
  const view = viewEntry(entry);
  return (
    <dl class="detail">
      <Row name="stored at" value={view.storedAt} clear />
      <Row name="size" value={`${view.characters} characters`} clear />
      {view.fields.map(({ field, content }) => (
        <Content key={field} name={`field${field}`} content={content} />
      ))}
      {view.part && <Row name="part" value={`${view.part.index} of ${view.part.count} of ${view.part.id}`} clear />}
      {view.part && view.part.text !== null && <Row name="not sealed" value={view.part.text} clear />}
      {view.extras.map(({ name, content }) => (
        <Content key={name} name={name} content={content} />
      ))}
      <Row name="your view" value={opened ?? 'nothing that is shown'} />
    </dl>
  );
}

function Content({
  name,
  content,
}: {
  readonly name: string;
  readonly content: TokenView | ReadableView;
}): JSX.Element {
  if (content.kind === 'readable') return <Row name={name} value={`NOT SEALED: ${content.text}`} clear />;
  const { bytes, version, sealedAt, iv, ciphertextBytes, messageBytes, hmac } = content;
  const [least, most] = messageBytes;
  return (
    <>
      <Row name={name} value={`a Fernet token of ${bytes} bytes`} clear />
      <Row name="version" value={version} clear />
      <Row name="sealed at" value={sealedAt ?? 'not told (0)'} clear />
      <Row name="IV" value={`${iv}: random, tells nothing`} clear />
      <Row
        name="ciphertext"
        value={`${ciphertextBytes} bytes: a message of ${least} to ${most} bytes with its frame`}
      />
      <Row name="HMAC" value={`${hmac}: nobody without the key can make or alter it`} clear />
    </>
  );
}

interface RowProps {
  readonly name: string;
  readonly value: string;
  readonly clear?: boolean;
}

function Row({ name, value, clear = false }: RowProps): JSX.Element {
  return (
    <div>
      <dt dir="auto">{name}</dt>
      <dd dir="auto" class={clear ? 'clear' : ''}>
        {value}
      </dd>
    </div>
  );
}
