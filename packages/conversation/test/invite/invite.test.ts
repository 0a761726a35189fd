import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromHex, hex } from '../../src/bytes.ts';
import { isConversationError } from '../../src/errors.ts';
import { inviteLink, inviteProof, isInviteLink, readInvite, type Invite } from '../../src/invite/invite.ts';
import { vectors } from '../support/vectors.ts';

type Written = Omit<Invite, 'conversationId' | 'inviter' | 'secret'> & {
  conversationId: string;
  inviter: string;
  secret: string;
};
const { invites, refused, proofs } = vectors('invites.json') as {
  invites: { comment: string; link: string; app: string | null; canonical: boolean; invite: Written }[];
  refused: { comment: string; link: string; code: 'broken-invite' }[];
  proofs: { secret: string; conversationId: string; from: string; invite: string }[];
};

function unwritten({ conversationId, inviter, secret, ...others }: Written): Invite {
  const bytes = { conversationId: fromHex(conversationId), inviter: fromHex(inviter), secret: fromHex(secret) };
  return { ...others, ...bytes };
}

for (const { comment, link, app, canonical, invite } of invites) {
  test(`an invite ${comment}`, () => {
    assert.deepEqual(readInvite(link), unwritten(invite));
    assert.ok(isInviteLink(link));
    if (canonical) assert.equal(inviteLink(unwritten(invite), { app: app ?? undefined }), link);
  });
}

for (const { comment, link, code } of refused) {
  test(`no invite: ${comment}`, () => {
    assert.throws(
      () => readInvite(link),
      (error) => {
        assert.ok(isConversationError(error, code));
        // the link is a secret
        const payload = link.replace(/^[^:#]*[:#]/, '');
        assert.ok(payload.length < 20 || !`${error.message} ${error.hint} ${error.stack}`.includes(payload));
        return true;
      },
    );
  });
}

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const hash = bytes(16).map(hex);
const anyInvite: fc.Arbitrary<Invite> = fc.record(
  {
    conversationId: bytes(16),
    address: fc.constantFrom('https://relay.example/channels/5', 'http://127.0.0.1:8130/channels/1', 'file:notes.csv'),
    writeKey: fc.option(fc.string()),
    readKey: fc.option(fc.string()),
    key: bytes(32).map((key) => `${Buffer.from(key).toString('base64url')}=`),
    inviter: bytes(32),
    seen: fc.option(fc.record({ t: hash, h: hash }, { noNullPrototype: true })),
    secret: bytes(16),
    name: fc.string({ unit: 'grapheme' }),
  },
  {
    noNullPrototype: true,
    requiredKeys: ['conversationId', 'address', 'writeKey', 'readKey', 'key', 'inviter', 'seen', 'secret'],
  },
);

test('what is written is read again; cut off or with a letter changed it is refused whole', () => {
  fc.assert(
    fc.property(anyInvite, fc.nat(), fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '-', '_'), (invite, at, letter) => {
      const link = inviteLink(invite);
      const read = readInvite(link);
      assert.deepEqual(read, { ...invite, ...copies(invite) });
      const broken = (text: string): void => {
        if (text === link) return;
        assert.throws(
          () => readInvite(text),
          (error) => isConversationError(error, 'broken-invite'),
        );
      };
      const place = 'fernspeak:'.length + (at % (link.length - 'fernspeak:'.length));
      broken(link.slice(0, Math.max(place, 'fernspeak:A'.length)));
      broken(link.slice(0, place) + letter + link.slice(place + 1));
    }),
  );
});

/** fast-check's bytes may be of another realm's class. */
function copies({ conversationId, inviter, secret }: Invite): Partial<Invite> {
  return { conversationId: conversationId.slice(), inviter: inviter.slice(), secret: secret.slice() };
}

test('all of a web link stands in the fragment', () => {
  const [{ invite }] = invites as [(typeof invites)[0]];
  const url = new URL(inviteLink(unwritten(invite), { app: 'https://relay.example/app/' }));
  assert.equal(`${url.origin}${url.pathname}${url.search}`, 'https://relay.example/app/');
  assert.deepEqual(readInvite(url.href), unwritten(invite));
});

test('an invite that cannot be is refused when it is made', () => {
  const [{ invite }] = invites as [(typeof invites)[0]];
  const good = unwritten(invite);
  for (const wrong of [
    { key: 'abc' },
    { secret: new Uint8Array(15) },
    { inviter: new Uint8Array(33) },
    { address: 'a'.repeat(65_536) },
    { name: 'a'.repeat(65_536) },
  ]) {
    assert.throws(() => inviteLink({ ...good, ...wrong }), RangeError);
  }
});

test('the proof that an invite was used', async () => {
  for (const { secret, conversationId, from, invite } of proofs) {
    assert.equal(await inviteProof(fromHex(secret), fromHex(conversationId), fromHex(from)), invite);
  }
});
