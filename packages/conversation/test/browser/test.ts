// node:test, for a page: the tests wait until they are asked for by name.
type Body = (t: { after(what: () => unknown): void }) => Promise<void>;

const tests = new Map<string, Body>();

export function test(name: string, body: Body): void {
  tests.set(name, body);
}

export function names(): string[] {
  return [...tests.keys()];
}

export async function runTest(name: string): Promise<void> {
  const ends: (() => unknown)[] = [];
  try {
    await tests.get(name)?.({ after: (what) => ends.push(what) });
  } finally {
    for (const end of ends) await end();
  }
}
