import { changesBetween, releaseOf } from './policy-release';

describe('an entry of the audit log that put a policy in force', () => {
  it('names what it exchanged', () =>
    expect(releaseOf({ action: 'policy.publish', target: 'shop@2', detail: { replaced: 'shop@1' } })).toEqual({
      from: 'shop@1',
      to: 'shop@2',
    }));

  it.each([
    ['policy.draft', { replaced: 'shop@1' }],
    ['policy.publish', {}],
  ])('is no other: %s of %p', (action, detail) => expect(releaseOf({ action, target: 'shop@2', detail })).toBeNull());

  it('tells fields, and each rule that came, went, changed or moved', () => {
    const rules = {
      added: ['new'],
      removed: ['old'],
      moved: ['late'],
      changed: [{ id: 'kept', fields: [{ path: 'then.queue', from: 'short' }] }],
    };
    expect(changesBetween({ fields: [{ path: 'defaults.cache', from: false, to: true }], rules })).toEqual([
      { field: 'defaults.cache', from: false, to: true },
      { field: 'rule new', from: '–', to: 'added' },
      { field: 'rule old', from: 'there', to: 'removed' },
      { field: 'rule kept: then.queue', from: 'short', to: null },
      { field: 'rule late', from: 'there', to: 'at another place in the order' },
    ]);
  });
});
