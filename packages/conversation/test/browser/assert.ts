// What the store's behaviour suite uses of node:assert, for a page.

function fail(message: string): never {
  throw new Error(message);
}

/** JSON with sorted names and no `undefined`: what can be compared. */
function shape(value: unknown): string {
  const sorted = (_: string, each: unknown): unknown =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each;
  return JSON.stringify(value, sorted) ?? 'undefined';
}

const same = (one: unknown, other: unknown): boolean => Object.is(one, other) || shape(one) === shape(other);

export const strict = {
  ok: (value: unknown, message = 'not true'): void => void (value || fail(message)),
  equal: (one: unknown, other: unknown): void =>
    void (Object.is(one, other) || fail(`${shape(one)} is not ${shape(other)}`)),
  notEqual: (one: unknown, other: unknown): void => void (Object.is(one, other) && fail(`both are ${shape(one)}`)),
  deepEqual: (one: unknown, other: unknown): void =>
    void (same(one, other) || fail(`${shape(one)} is not ${shape(other)}`)),
  rejects: async (promise: Promise<unknown>, expected: Expected): Promise<void> => {
    const error = await promise.then(
      () => fail('it did not reject'),
      (reason: unknown) => reason,
    );
    if (!(isClass(expected) ? error instanceof expected : expected(error))) fail(`rejected with ${String(error)}`);
  },
};

type ErrorClass = new () => Error;
type Expected = ErrorClass | ((error: unknown) => boolean);

function isClass(expected: Expected): expected is ErrorClass {
  return expected.prototype instanceof Error;
}
