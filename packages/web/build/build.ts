// npm run build:web [-- FOLDER]: bundles the app, into packages/web/dist. The same sources give the same bytes.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './bundle.ts';
import { buildInto } from './folder.ts';
import { sizeTable } from './sizes.ts';

const { values, positionals } = parseArgs({ options: { quiet: { type: 'boolean' } }, allowPositionals: true });
const { hash, sizes } = await buildInto(positionals[0] ?? join(ROOT, 'dist'));
if (values.quiet !== true) console.log(`${sizeTable(sizes)}\n\nbuild ${hash}`);
