import type { JSX } from 'preact';

/** A word as a shell takes it. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The same thing in a terminal. */
export function CommandLine({ words }: { readonly words: readonly string[] }): JSX.Element {
  return (
    <p class="command" aria-label="The same in a terminal">
      <code>$ fernspeak {words.map(shellWord).join(' ')}</code>
    </p>
  );
}
