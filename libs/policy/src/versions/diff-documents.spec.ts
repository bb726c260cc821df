import { cpuMs } from '@relay/testing';
import { policyDocumentSchema, type PolicyDocument } from '@relay/contracts';
import { diffDocuments } from './diff-documents';

const of = (input: object): PolicyDocument => policyDocumentSchema.parse({ name: 'p', version: 1, ...input });
const rules = (...ids: string[]): object => ({ rules: ids.map((id) => ({ id, when: 'true', then: {} })) });
const NO_RULES = { added: [], removed: [], moved: [], changed: [] };

describe('what differs between two policies', () => {
  it('is nothing for equal ones, whatever their numbers and the order of their keys', () => {
    const from = of({ defaults: { deadlineMs: 5, serviceLevel: 'batch' } });
    const to = of({ version: 9, defaults: { serviceLevel: 'batch', deadlineMs: 5 } });
    expect(diffDocuments(from, to)).toEqual({ equal: true, fields: [], rules: NO_RULES, tenants: [] });
  });

  it('is told field by field, for what was added and taken away as well', () => {
    const from = of({ defaults: { deadlineMs: 5, route: { strategy: 'cost' } }, degrade: ['shorter-answer'] });
    const to = of({ defaults: { route: { strategy: 'latency' } }, description: 'new' });
    expect(diffDocuments(from, to).fields).toEqual([
      { path: 'defaults.deadlineMs', from: 5, to: undefined },
      { path: 'defaults.route.strategy', from: 'cost', to: 'latency' },
      { path: 'degrade', from: ['shorter-answer'], to: [] },
      { path: 'description', from: undefined, to: 'new' },
    ]);
  });

  it('tells a field that is null from one that is not there', () => {
    const fields = diffDocuments(
      of({ defaults: { retries: { hedge: null } } }),
      of({ defaults: { retries: {} } }),
    ).fields;
    expect(fields.map(({ path }) => path)).toEqual(['defaults.retries', 'defaults.retries.hedge']);
  });

  it('is told rule by rule', () => {
    const to = of({
      rules: [
        { id: 'a', when: 'false', then: {} },
        { id: 'c', when: 'true', then: {} },
      ],
    });
    expect(diffDocuments(of(rules('a', 'b')), to).rules).toEqual({
      added: ['c'],
      removed: ['b'],
      moved: [],
      changed: [{ id: 'a', fields: [{ path: 'when', from: 'true', to: 'false' }] }],
    });
  });

  it.each([
    ['one that went to the end', ['a', 'b', 'c', 'd'], ['b', 'c', 'd', 'a'], ['a']],
    ['one that went to the front', ['a', 'b', 'c', 'd'], ['d', 'a', 'b', 'c'], ['d']],
    ['none where others came and went between them', ['a', 'x', 'b'], ['y', 'a', 'b', 'z'], []],
  ])('names as moved %s', (_what, before, after, moved) => {
    expect(diffDocuments(of(rules(...before)), of(rules(...after))).rules.moved).toEqual(moved);
  });

  it('is told for each tenant that has something of its own', () => {
    const from = of({ tenants: { a: rules('r'), b: { defaults: { deadlineMs: 5 } }, same: rules('s') } });
    const to = of({ tenants: { b: { defaults: { deadlineMs: 6 } }, c: rules('t'), same: rules('s') } });
    expect(diffDocuments(from, to).tenants).toEqual([
      { tenant: 'a', change: 'removed', fields: [], rules: { ...NO_RULES, removed: ['r'] } },
      {
        tenant: 'b',
        change: 'changed',
        fields: [{ path: 'defaults.deadlineMs', from: 5, to: 6 }],
        rules: NO_RULES,
      },
      { tenant: 'c', change: 'added', fields: [], rules: { ...NO_RULES, added: ['t'] } },
    ]);
  });

  it('is told for a tenant whose id every object has', () => {
    const { tenants } = diffDocuments(of({}), of({ tenants: { constructor: rules('r') } }));
    expect(tenants).toEqual([
      { tenant: 'constructor', change: 'added', fields: [], rules: { ...NO_RULES, added: ['r'] } },
    ]);
  });

  it('is found in bounded time in the largest of policies', () => {
    const ids = Array.from({ length: 500 }, (_, i) => `r${i}`);
    const [from, to] = [of(rules(...ids)), of(rules(...ids.toReversed()))];
    const ms = cpuMs(() => expect(diffDocuments(from, to).rules.moved).toHaveLength(499));
    expect(ms).toBeLessThan(1_000);
  });
});
