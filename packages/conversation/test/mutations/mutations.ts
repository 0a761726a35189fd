/** One check taken out of the code, or turned into a wrong one. */
export interface Mutation {
  /** Below packages/conversation/src. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly was: string;
  readonly becomes: string;
  /** What notices it, below packages/conversation/test, the quickest first. */
  readonly noticedBy: readonly string[];
}

const FRAME = ['frame/frame.test.ts', 'framed/stranger.test.ts', 'framed/key-holder.test.ts'];
const CONTINUITY = [
  'continuity/continuity.test.ts',
  'continuity/log.test.ts',
  'continuity/rounds.test.ts',
  'framed/conversation.test.ts',
  'framed/members.test.ts',
  'framed/lying-relay.test.ts',
];
const READING = [
  'framed/reading.test.ts',
  'framed/conversation.test.ts',
  'framed/members.test.ts',
  'framed/stranger.test.ts',
  'framed/key-holder.test.ts',
  'framed/lying-relay.test.ts',
];
const LOG = [
  'cursor.test.ts',
  'unread.test.ts',
  'follow.test.ts',
  'framed/reading.test.ts',
  'framed/lying-relay.test.ts',
];
const SENDING = [
  'framed/conversation.test.ts',
  'framed/programs.test.ts',
  'framed/members.test.ts',
  'framed/reading.test.ts',
  'framed/lying-relay.test.ts',
  'framed/honest-relay.test.ts',
];

type Change = readonly [was: string, becomes: string];

function of(file: string, noticedBy: readonly string[], changes: readonly Change[]): Mutation[] {
  return changes.map(([was, becomes]) => ({ file, was, becomes, noticedBy }));
}

/** Every check on which the promises of docs/protocol.md stand. */
export const MUTATIONS: readonly Mutation[] = [
  ...of('frame/frame.ts', FRAME, [
    ["if (!isFrame(plaintext)) return { frame: null, fault: 'not-a-frame' };", ''],
    ["if (n < 1n || n > BigInt(Number.MAX_SAFE_INTEGER)) return 'n';", ''],
    ["if (!isAcceptablePoint(from)) return 'from';", ''],
    ["if (!isAcceptablePoint(signature.subarray(0, 32))) return 'r';", ''],
    ["isCanonicalScalar(signature.subarray(32)) ? null : 's'", 'null'],
    ["if (!verified) return { frame: null, fault: 'signature' };", ''],
    [
      "hashIn('fernspeak/message/v1', conversationId, frame.subarray(AT.from))",
      "hashIn('fernspeak/message/v1', frame)",
    ],
  ]),
  ...of('frame/layout.ts', FRAME, [
    ['if (end > plaintext.length) return null;', ''],
    ['if (plaintext.length < HEADER_AT) return null;', ''],
    [
      "inDomain('fernspeak/frame/v1', conversationId, frame",
      "inDomain('fernspeak/frame/v1', new Uint8Array(16), frame",
    ],
  ]),
  ...of('frame/point.ts', FRAME, [
    ['!isAtLeastP(y) && ', ''],
    [' && !SMALL_ORDER_Y.has(hex(y))', ''],
    ['y[31] = (y[31] ?? 0) & 0x7f;', ''],
  ]),
  ...of('continuity/judge.ts', CONTINUITY, [
    ["if (state.given.has(t)) return { notices: [{ code: 'replayed', from, n, t }], write: [] };", ''],
    ['from === state.me && !state.own.has(t)', 'false'],
    ['const twice = state.numbers.has(numberKey(from, n));', 'const twice = false;'],
    ['if (!state.checked) return { notices: [...notices,', 'if (false) return { notices: [...notices,'],
    ['if (n <= sender.last) {', 'if (false) {'],
    ['if (n > sender.last + 1 && ', 'if (false && '],
    ['if (from !== me) return false;', ''],
    ['if (!numbers.has(n)) return false;', ''],
    ['const claim = seen ? judgeClaim', 'const claim = false ? judgeClaim'],
    ['const moved = { ...sender, dispute: null };', 'const moved = sender;'],
    ['if (told?.has(h)) return { notices: [], told: [], sender: moved };', ''],
    ["told ? 'forked' : state.given.has(t) ? 'reordered' : 'missing'", "state.given.has(t) ? 'reordered' : 'missing'"],
    ["state.given.has(t) ? 'reordered' : 'missing'", "'missing'"],
    ['if (state.chain[place] === h) {', 'if (true) {'],
    ['sender: { ...sender, dispute: null, confirmed:', 'sender: { ...sender, confirmed:'],
    ['confirmed: Math.max(place, sender.confirmed ?? 0)', 'confirmed: place'],
    ['dispute !== null && continues(state, dispute, moved.dispute)', 'false'],
    ['dispute !== null && continues(state, dispute, moved.dispute)', 'dispute !== null'],
    ['if (earlier.place > later.place) return false;', ''],
    ['return { notices, write: [...told, sender] };', 'return { notices: [], write: [] };'],
    ['.filter((own) => isLost(state, own, readTo))', '.filter(() => false)'],
    ['entry !== null && entry <= readTo', 'entry !== null'],
    ['&& !given.has(t) && !told.has(t)', '&& !told.has(t)'],
    ['&& !given.has(t) && !told.has(t)', '&& !given.has(t)'],
    ['sender.from !== from && ', ''],
    ['sender.first < place && ', ''],
    [' && (sender.confirmed ?? 0) >= place', ''],
  ]),
  ...of('framed/take.ts', READING, [
    ['if (upTo === 0 && reached.entry !== null && reached.entry.id > 1) this.#lookUnchecked();', ''],
    ['else this.#lookUnchecked();', ''],
    ['if (whole) this.#forgetPlaces();\n    else', 'if (!whole)'],
    ['this.#awaited.length = 0;', ''],
    ['if (this.#state.others.has(mark) && message.entryId <= this.#reached.rereadTo) return;', ''],
    ['if (known && message.entryId <= this.#reached.rereadTo) return;', ''],
    ["notices.every(({ code }) => code !== 'cloned' && code !== 'reordered')", 'true'],
    ["notices.some((notice) => notice.code === 'cloned' && notice.own)", 'false'],
    ['} else if (this.#state.continuity.given.size > 0) {', '} else if (true) {'],
    ['} else if (this.#state.continuity.given.size > 0) {', '} else if (false) {'],
    ["content.kind !== 'newer' && !own && Math.abs(content.at - storedAt) > LATE_MS", 'false'],
    ["...(same ? [{ code: 'same-name'", "...(false ? [{ code: 'same-name'"],
    ["...(shared ? [{ code: 'invite-shared'", "...(false ? [{ code: 'invite-shared'"],
  ]),
  ...of('framed/reread.ts', READING, [['whole && withheld.length === 0 && readTo(fresh.state) >= before', 'true']]),
  ...of('framed/finishing.ts', SENDING, [
    ['if (cloned) throw cannotSend();', ''],
    ['if (readTo(await live.current()) !== info.lastEntryId) await freshen(parts, signal);', ''],
    ['if (refusal) return refusal;', ''],
  ]),
  ...of('reading/verdict.ts', LOG, [
    ['standsAt(cursor, first)', 'first.id === cursor.entry'],
    ['lastEntryId < cursor.entry || ', ''],
    [' || (oldest !== null && oldest.id <= cursor.entry)', ''],
    ['oldest.id <= cursor.entry', 'oldest.id < cursor.entry'],
    ["if (first === null && lastEntryId === cursor.entry) return { kind: 'passed' };", ''],
  ]),
];
