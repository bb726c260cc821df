import { z } from 'zod';
import { policySourceSchema } from './policy-source.schema';
import { problemsOf } from './problem';
import { relayConfigSchema } from './relay-config.schema';

const unknownKeys = (schema: z.ZodType, input: unknown): Record<string, string> => {
  const parsed = schema.safeParse(input);
  if (parsed.success) throw new Error('nothing is wrong');
  return Object.fromEntries(problemsOf('f', schema, input, parsed.error).map(({ path, allowed }) => [path, allowed]));
};
const HEAD = { name: 'p', version: 1 };

describe('an unknown key', () => {
  it('is told with the keys that are known there, however deep the place is', () => {
    const patch = { route: { region: ['eu'] }, guard: {}, retries: { hedge: { before: 1, after: 1 } } };
    const known = {
      'route.region': expect.stringMatching(/^candidates, .*regions, providers, cascade$/),
      guard: expect.stringMatching(/^serviceLevel, .*guards, payloadLogging$/),
      'retries.hedge.before': 'after',
    };
    const at = (path: string): unknown =>
      Object.fromEntries(Object.entries(known).map(([key, allowed]) => [`${path}.${key}`, allowed]));
    const arms = [
      { weight: 1, then: patch },
      { weight: 1, then: {} },
    ];
    const rule = { id: 'a', when: 'true' };
    expect(unknownKeys(policySourceSchema, { ...HEAD, defaults: patch })).toEqual(at('defaults'));
    expect(unknownKeys(policySourceSchema, { ...HEAD, rules: [{ ...rule, then: patch }] })).toEqual(
      at('rules[0].then'),
    );
    expect(unknownKeys(policySourceSchema, { ...HEAD, rules: [{ ...rule, experiment: { id: 'x', arms } }] })).toEqual(
      at('rules[0].experiment.arms[0].then'),
    );
    const tenants = { acme: { defaults: patch } };
    expect(unknownKeys(policySourceSchema, { ...HEAD, tenants })).toEqual(at('tenants.acme.defaults'));
    expect(
      unknownKeys(policySourceSchema, { ...HEAD, tenants: { acme: { rules: [{ ...rule, then: patch }] } } }),
    ).toEqual(at('tenants.acme.rules[0].then'));
    expect(unknownKeys(relayConfigSchema, { policy: { ...HEAD, defaults: patch } })).toEqual(at('policy.defaults'));
  });

  it('is told with the keys of a mapping by free names', () => {
    const tenants = { acme: { rule: [] } };
    expect(unknownKeys(policySourceSchema, { ...HEAD, tenants })).toEqual({ 'tenants.acme.rule': 'defaults, rules' });
  });
});
