import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { fromHex, hex } from '../../src/bytes.ts';
import { isComplete, knownFiles } from '../../src/files/parts.ts';
import { readContent, type FrameContent } from '../../src/frame/content.ts';
import { vectors } from '../support/vectors.ts';

interface FileVectors {
  readonly headers: readonly { comment: string; header: string; body: string; content: Record<string, unknown> }[];
  readonly stories: readonly {
    readonly comment: string;
    readonly messages: readonly ({ readonly from: string; readonly kind: string } & Record<string, unknown>)[];
    readonly files: readonly { from: string; name: string; chunks: Record<string, number>; complete: boolean }[];
  }[];
}

const { headers, stories } = vectors('files.json') as FileVectors;

/** As the vectors write it. */
function written(content: FrameContent): Record<string, unknown> {
  return 'body' in content ? { ...content, body: hex(content.body) } : { ...content };
}

for (const { comment, header, body, content } of headers) {
  test(comment, () => assert.deepEqual(written(readContent(fromHex(header), fromHex(body))), content));
}

for (const { comment, messages, files } of stories) {
  test(comment, async () => {
    const rows = messages.map(({ from, kind, ...file }, at) => ({
      position: at + 1,
      loud: false,
      text: JSON.stringify({ e: at, s: '', k: kind, t: `t${at}`, from, n: 1, at: 0, file: { ...file, sum: '' } }),
    }));
    const shown = (_: number, { after, limit }: { after: number; limit: number }): Promise<typeof rows> =>
      Promise.resolve(rows.filter(({ position }) => position > after).slice(0, limit));
    const found = await knownFiles({ shown }, 1, 0);
    assert.deepEqual(
      found.map((file) => ({
        from: file.from,
        name: file.offer.name,
        chunks: Object.fromEntries([...file.chunks].map(([index, { entries }]) => [index, entries[0]])),
        complete: isComplete(file),
      })),
      files,
    );
  });
}
