import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Which character of the stored string is changed: one in the middle of the ciphertext of any message. */
const POSITION = 60;

/** Does what a hostile relay can: changes one character of the channel's newest entry, in its database. */
export function alterStoredCharacter(data: string, channel: number): void {
  const database = new DatabaseSync(join(data, 'relay.db'));
  try {
    const newest = database.prepare('SELECT max(id) AS id FROM entries WHERE channel = ?').get(channel);
    const { field1 } = database.prepare('SELECT field1 FROM entries WHERE id = ?').get(newest?.['id'] ?? 0) as {
      field1: string;
    };
    const altered = field1[POSITION] === 'A' ? 'B' : 'A';
    const text = field1.slice(0, POSITION) + altered + field1.slice(POSITION + 1);
    database.prepare('UPDATE entries SET field1 = ? WHERE id = ?').run(text, newest?.['id'] ?? 0);
  } finally {
    database.close();
  }
}
