// node append.ts FILE.csv TEXT [COUNT [FIELDS]]: appends COUNT batches of one entry of FIELDS fields (default 1), prints each number.
import { openFileChannel } from '@fernspeak/channel/file';

const [path = '', text = '', count = '1', fields = '1'] = process.argv.slice(2);
const channel = openFileChannel(path);
for (let done = 0; done < Number(count); done++) {
  const ids = await channel.append([Array.from({ length: Number(fields) }, () => `${text} ${done}`)]);
  process.stdout.write(`${ids.join(' ')}\n`);
}
