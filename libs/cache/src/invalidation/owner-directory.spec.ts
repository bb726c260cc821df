import { ConfigStore, relayConfigSchema, type RelayConfig } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { OwnerDirectory } from './owner-directory';

const configWith = (
  ...sharing: readonly { readonly group: string; readonly tenants: readonly string[] }[]
): RelayConfig => ({
  ...relayConfigSchema.parse({ cache: { sharing } }),
  policy: policyDocumentSchema.parse({ name: 'test', version: 1 }),
});
const support = { group: 'support', tenants: ['acme', 'globex'] };

describe('who owns the answers of a tenant', () => {
  it('is the tenant itself, or the group that it shares with', () => {
    const owners = new OwnerDirectory(new ConfigStore(configWith(support), 'relay.yaml'));
    expect(['acme', 'globex', 'initech'].map((id) => owners.ownerOf(id))).toEqual([
      expect.stringMatching(/^g:support@[0-9a-f]{8}$/),
      expect.stringMatching(/^g:support@[0-9a-f]{8}$/),
      't:initech',
    ]);
  });

  it('is never mistaken: a tenant called like a group owns its own', () => {
    const owners = new OwnerDirectory(new ConfigStore(configWith(support), 'relay.yaml'));
    expect(owners.ownerOf('support')).toBe('t:support');
    expect(owners.ownerOf('g:support')).toBe('t:g:support');
  });

  it('follows a reload', () => {
    const store = new ConfigStore(configWith(support), 'relay.yaml');
    const owners = new OwnerDirectory(store);
    expect(store.replace(configWith({ group: 'sales', tenants: ['acme', 'initech'] }))).toEqual([]);
    expect(['acme', 'globex', 'initech'].map((id) => owners.ownerOf(id))).toEqual([
      expect.stringMatching(/^g:sales@/),
      't:globex',
      expect.stringMatching(/^g:sales@/),
    ]);
  });

  it('is another one as soon as somebody joins or leaves, whatever the order they are named in', () => {
    const ownerIn = (...tenants: string[]): string =>
      new OwnerDirectory(new ConfigStore(configWith({ group: 'support', tenants }), 'relay.yaml')).ownerOf('acme');
    expect(ownerIn('globex', 'acme')).toBe(ownerIn('acme', 'globex'));
    expect(ownerIn('acme', 'globex', 'initech')).not.toBe(ownerIn('acme', 'globex'));
  });

  it('is not changed by a configuration with a tenant in two groups, or a group twice', () => {
    const store = new ConfigStore(configWith(support), 'relay.yaml');
    const owners = new OwnerDirectory(store);
    const twice = { group: 'sales', tenants: ['initech', 'acme'] };
    expect(store.replace(configWith(support, twice))).toMatchObject([
      { file: 'relay.yaml', path: 'cache.sharing[1].tenants[1]', found: '"acme" a second time' },
    ]);
    const again = { group: 'support', tenants: ['a', 'b'] };
    expect(store.replace(configWith(support, again))).toMatchObject([{ path: 'cache.sharing[1].group' }]);
    expect(owners.ownerOf('initech')).toBe('t:initech');
  });
});
