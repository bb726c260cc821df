import { z } from 'zod';
import { environmentSchema } from './environment';
import { policySourceSchema } from './policy-source.schema';
import { problemsOf } from './problem';
import { relayConfigSchema } from './relay-config.schema';

const allowedAt = (schema: z.ZodType, input: unknown): Record<string, string> => {
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
      guard: expect.stringMatching(/^serviceLevel, .*guards, batch, payloadLogging$/),
      'retries.hedge.before': 'after',
    };
    const at = (path: string): unknown =>
      Object.fromEntries(Object.entries(known).map(([key, allowed]) => [`${path}.${key}`, allowed]));
    const arms = [
      { weight: 1, then: patch },
      { weight: 1, then: {} },
    ];
    const rule = { id: 'a', when: 'true' };
    expect(allowedAt(policySourceSchema, { ...HEAD, defaults: patch })).toEqual(at('defaults'));
    expect(allowedAt(policySourceSchema, { ...HEAD, rules: [{ ...rule, then: patch }] })).toEqual(at('rules[0].then'));
    expect(allowedAt(policySourceSchema, { ...HEAD, rules: [{ ...rule, experiment: { id: 'x', arms } }] })).toEqual(
      at('rules[0].experiment.arms[0].then'),
    );
    const tenants = { acme: { defaults: patch } };
    expect(allowedAt(policySourceSchema, { ...HEAD, tenants })).toEqual(at('tenants.acme.defaults'));
    expect(
      allowedAt(policySourceSchema, { ...HEAD, tenants: { acme: { rules: [{ ...rule, then: patch }] } } }),
    ).toEqual(at('tenants.acme.rules[0].then'));
    expect(allowedAt(relayConfigSchema, { policy: { ...HEAD, defaults: patch } })).toEqual(at('policy.defaults'));
  });

  it('is told with the keys of a mapping by free names', () => {
    const tenants = { acme: { rule: [] } };
    expect(allowedAt(policySourceSchema, { ...HEAD, tenants })).toEqual({ 'tenants.acme.rule': 'defaults, rules' });
  });
});

describe('what is allowed', () => {
  it.each([
    [{ batches: { concurrency: 0 } }, 'batches.concurrency', 'number above 0'],
    [{ scheduler: { batchShare: 0 } }, 'scheduler.batchShare', 'number of at least 0.05'],
    [{ scheduler: { batchShare: 2 } }, 'scheduler.batchShare', 'number of at most 1'],
    [
      { providers: [{ id: 'p', kind: 'openai', baseUrl: 'llm.example/v1' }] },
      'providers[0].baseUrl',
      'a URL that begins with http:// or https://',
    ],
    [
      { providers: [{ id: 'p', kind: 'groq', proxy: 'socks5://proxy.example:1080' }] },
      'providers[0].proxy',
      'none, or a URL that begins with http:// or https://',
    ],
  ])('is told as it is: %j', (input, path, allowed) => {
    expect(allowedAt(relayConfigSchema, input)).toEqual({ [path]: allowed });
  });

  it('is told of the stores too', () => {
    const input = { DATABASE_URL: 'mysql://host/db', REDIS_URL: 'localhost' };
    expect(allowedAt(environmentSchema, input)).toEqual({
      DATABASE_URL: 'a URL that begins with postgres:// or postgresql://',
      REDIS_URL: 'a URL that begins with redis:// or rediss://',
    });
  });
});

describe('what was found', () => {
  it('is hidden where it is a secret, also one that looks like a number', () => {
    const credentials = { accessKeyId: 123456, secretAccessKey: 234567, sessionToken: 345678 };
    const input = { providers: [{ id: 'p', kind: 'bedrock', credentials }] };
    const parsed = relayConfigSchema.safeParse(input);
    const problems = parsed.success ? [] : problemsOf('f', relayConfigSchema, input, parsed.error);
    expect(problems.map(({ found }) => found)).toEqual(Array(3).fill('a number (hidden)'));
  });
});
