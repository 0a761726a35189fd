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
  FERNSPEAK_KEY_FILE  as --key-file, for channels; a key itself is never taken from the environment or the command line
  FERNSPEAK_PROFILE_PASSPHRASE_FILE   as --profile-passphrase-file
  FERNSPEAK_RELAY     as --relay of \`fernspeak new\`: the relay that makes a conversation's channel
  FERNSPEAK_TIMEOUT   as --timeout, in seconds
  FERNSPEAK_RELAY_*   the options of \`fernspeak relay\`, see \`fernspeak relay --help\`
  NO_COLOR, FORCE_COLOR, TERM=dumb    as everywhere; --color goes before them
  XDG_CACHE_HOME      compiled code is kept in fernspeak/ there; it can be deleted at any time

A flag goes before its variable. The profile holds your conversations with their keys and messages, what waits to be
sent, and the API keys of channels; no key or passphrase that is used with a bare channel. It is yours alone (0700, files
0600) and refused when it is not. \`fernspeak passphrase --profile\` seals it with a passphrase.
`;

const THREAT_MODEL = `Threat model

Whoever runs the channel, can read it, or listens on the way to it
  cannot    read a message, alter one, or invent one without the key
  learns    when you write, how much, how often, and from where; \`fernspeak inspect\` shows it
  can       hold back, reorder or repeat messages: in a conversation that is found out at the latest with the next message
            whose sender had seen otherwise, on a bare channel not; cut off the end, or keep people apart for ever; guess
            a weak passphrase, unnoticed
  is told   to you when the log goes back behind what you have read: it was cleared, or lost its data

Whoever has the key reads everything, past and future, and can join. In a conversation nobody can write in another's name
(verify says whether a key is really that person's); on a bare channel anybody with the key can. Nobody can be removed but
by moving to another key, and there is no forward secrecy. This computer, your account and this program are trusted.

Not audited. For people at risk: use Signal. All of it: docs/threat-model.md in the source.
`;

const FORMATTING = `Formatting

send      prints the number of the entry; on a terminal the sealed string, its size and where it went.
  --json  {"status","entryId","entries","sealed"}, status "stored" or "kept" (exit code 9, entryId null); in a
          conversation also "id", and "sealed" is null while it is kept

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

          --plot draws numbers and flat JSON: of each name the values by the time of their tokens, and min, mean, median, max.
  --json  one object: series [{"name","statistics":{"count","min","mean","max","median","sum"},"points":[{"at","value",
          "entryId"}]}], and in omitted null or what was left out: no more than 16 names are kept

          Of a conversation: each message with its sender, further lines indented; who joined, and what is wrong, on
          stderr. What you wrote yourself is not new; --all shows it. --raw leaves out what is not signed.
  --json  as listen: type, id (the same for all members), entryId, entries, storedAt, sentAt, field, sealed, kind (text,
          file, hello, newer; plain: nobody signed it; none: it does not open), sender (null, or {"key","name","verified","me",
          "sameAs"}), n, title, priority, text, bytes, findings; of a file its offer in file: {"file","name","type","size","chunks"}
          --files adds a line for each file that was saved: {"type":"file","file","from","name","mediaType","size","path"}

new       prints the address of the channel. --json {"name","address","place","me","agreed"}
invite    prints the link. --json {"link","label","address"}
join      prints the name. --json {"name","address","place","me","joined"}, and {"inviter","inviterKey","members"} the
          first time
list      one conversation a line. --json one object a line: name, address, me, members, lastAt, waiting, findings
members   --json {"members":[{"key","name","me","verified","heardAt","confirmedUpTo","label","sameAs"}],"words":[…]};
          confirmedUpTo: when the newest message was stored that you wrote and the member has
verify    prints the numbers. --json {"key","name","verified","digits","qr"}
check     prints what is wrong, one finding a line; exit code 1, or 4. --json {"adopted","withheld","findings":[…]}
forget    --json {"forgotten"}
backup    --json {"file","conversations"}
restore   prints the names of the conversations that are new. --json {"restored":[{"name","address"}],"had","left"}

inspect   prints each entry byte by byte; what anyone can read is marked >.
  --json  one object a line: entryId, storedAt, characters, sealed, fields (each "token" or "readable"), part,
          extras (status, location, other columns of a file), joined, links, leaks (of the newest entries: docs/leak-meter.md);
          with a key also opened: [{"kind","sender","n","seen","sentAt","title","bytes","text","findings"}], findings null
          where it was not received here yet

listen    one JSON object a line: as receive --json, with type "message"; of a conversation and of a channel the same.
          {"type":"finding","code","sentence","id"} is about the log. A message, and a finding, has the same id whenever
          it is given: it may be given again after a crash; no message is given twice in one run. --exec has FERNSPEAK_ID, _ENTRY, _STORED_AT,
          _SENT_AT, _KIND, _SENDER, _SENDER_KEY, _SENDER_VERIFIED (0, 1), _NUMBER, _TITLE, _PRIORITY, _FINDINGS (codes).
export    csv (RFC 4180; an apostrophe stands before what a spreadsheet would run), or json: an array of what listen gives
chat      people only: a line in is a message or a /command, lines out are what was written

relay     --json prints {"url","pid",…} once it is ready.
key       --json prints {"key"} or {"file"}; passphrase --json {"passphrase","guessesLog2"},
          or with --profile {"locked"}.

On stderr with --json, one object a line: {"error":{…}}, {"warning":{"code","message","hint"}}, {"note":"…"}.
`;
