// The profile on this computer, which `npm start` gives the keys of the first channel. It can go on without.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { isConversationError } from '@fernspeak/conversation';
import { openProfile, type Profile } from '@fernspeak/conversation/profile';

/** Opens it, with the passphrase that is given or asked for; null: it is locked, and stays so. */
export async function unlockedProfile(): Promise<Profile | null> {
  for (let passphrase = givenPassphrase(); ;) {
    try {
      return openProfile({ passphrase });
    } catch (error) {
      const wrong = isConversationError(error, 'wrong-passphrase');
      if (!wrong && !isConversationError(error, 'profile-locked')) throw error;
      if (wrong) console.error(error.message);
      if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
      passphrase = await askHidden('Passphrase of your profile (just Enter: go on without it): ');
      if (passphrase.trim() === '') return null;
    }
  }
}

/** From where the command reads it too. */
function givenPassphrase(): string | undefined {
  const file = process.env['FERNSPEAK_PROFILE_PASSPHRASE_FILE'] ?? '';
  return file === '' ? undefined : readFileSync(file, 'utf8').trim();
}

/** A line that is not shown; empty after Ctrl-D. */
function askHidden(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const editor = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  process.stderr.write(question);
  return new Promise((resolve) => {
    editor.once('line', (line) => {
      resolve(line);
      editor.close();
    });
    editor.once('close', () => {
      process.stderr.write('\n');
      resolve('');
    });
    editor.once('SIGINT', () => process.exit(130));
  });
}
