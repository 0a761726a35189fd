import { EXIT, EXIT_MEANINGS } from './exit-codes.ts';

/** The pages of `fernspeak help TOPIC`. */
export const TOPICS: Readonly<Record<string, () => string>> = {
  'exit-codes': exitCodes,
  environment: () => ENVIRONMENT,
  formatting: () => FORMATTING,
  'threat-model': () => THREAT_MODEL,
};

function exitCodes(): string {
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  const lines = names.map((name) => `  ${String(EXIT[name]).padStart(3)}  ${EXIT_MEANINGS[name]}`);
  return `Exit codes\n\n${lines.join('\n')}\n\nWith --json a failure is also {"error":{"code","message","hint"}} on stderr.\n`;
}

const ENVIRONMENT = `Environment

  FERNSPEAK_HOME      as --home: the folder with the profiles (else $XDG_DATA_HOME/fernspeak or ~/.local/share/fernspeak)
  FERNSPEAK_AS        as --as: which profile in there
  FERNSPEAK_KEY_FILE  as --key-file; a key itself is never taken from the environment or the command line
  FERNSPEAK_TIMEOUT   as --timeout, in seconds
  FERNSPEAK_RELAY_*   the options of \`fernspeak relay\`, see \`fernspeak relay --help\`
  NO_COLOR, FORCE_COLOR, TERM=dumb    as everywhere; --color goes before them
  XDG_CACHE_HOME      compiled code is kept in fernspeak/ there; it can be deleted at any time

A flag goes before its variable. The profile holds what was received, what waits to be sent, and the API keys of
channels; no key of a conversation. It is yours alone (0700, files 0600) and refused when it is not.
`;

const THREAT_MODEL = `Threat model

Whoever runs the channel, can read it, or listens on the way to it
  cannot    read a message, alter one, or invent one without the key
  learns    when you write, how much, how often, and from where; \`fernspeak inspect\` shows it
  can       hold back, reorder or repeat messages, unnoticed; guess a weak passphrase, unnoticed
  is told   to you when the log goes back behind what you have read: it was cleared, or lost its data

Whoever has the key reads everything, past and future, and can write in anybody's name. Nobody can be removed but by
moving to another key, and there is no forward secrecy. This computer, your account and this program are trusted.

Not audited. For people at risk: use Signal. All of it: docs/threat-model.md in the source.
`;

const FORMATTING = `Formatting

send      prints the number of the entry; on a terminal the sealed string, its size and where it went.
  --json  {"status","entryId","entries","sealed"}, status "stored" or "kept" (exit code 9, entryId null)

receive   prints the text of each message, with a line end where it has none. Control characters and what turns the
          direction of writing are shown as pictures; --raw gives the exact bytes, not to a terminal. Several values of
          one entry are labelled with their field's name; what is not sealed says so.
  --json  one object a line:
          entryId    number of the entry that completes it; entries: all that it was joined from
          storedAt   when the channel stored it, as the channel says; sentAt: the token's own time (ISO 8601, UTC)
          field      null, or {"index","name"} where an entry holds several values
          sealed     false: anyone can read it, anyone who may write to the channel can have written it
          text       null when it does not open or is no UTF-8; then bytes has the content in base64url
          findings   what is wrong with it: [{"code","sentence"}]

inspect   prints each entry byte by byte; what anyone can read is marked >.
  --json  one object a line: entryId, storedAt, characters, sealed, fields (each "token" or "readable"), part,
          extras (status, location, other columns of a file), joined, links

relay     --json prints {"url","pid",…} once it is ready.
key       --json prints {"key"} or {"file"}; passphrase --json {"passphrase","guessesLog2"}.

On stderr with --json, one object a line: {"error":{…}}, {"warning":{"code","message","hint"}}, {"note":"…"}.
`;
