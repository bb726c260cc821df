import { IdentityChanges } from '@relay/auth';
import type { ProviderOverrides, TargetMonitor } from '@relay/providers';
import { FakeClock } from '@relay/testing';
import { OperatorWords } from './operator-words';

describe('what operators say in any process', () => {
  const changes = new IdentityChanges(null, new FakeClock());
  const done: string[] = [];
  beforeAll(() => {
    const overrides = { refresh: () => Promise.resolve(void done.push('looked up')) };
    const monitor = { reset: (id: string) => void done.push(`closed those of ${id}`) };
    new OperatorWords(changes, overrides as unknown as ProviderOverrides, monitor as unknown as TargetMonitor);
  });

  it('is looked up, or done, here; other changes are not', async () => {
    await changes.announce({ kind: 'provider', id: 'a' });
    await changes.announce({ kind: 'breakers', id: 'b' });
    await changes.announce({ kind: 'key', id: 'c' });
    expect(done).toEqual(['looked up', 'closed those of b']);
  });
});
