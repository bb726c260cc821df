import { warmCacheSchema } from '@relay/contracts';
import { z } from 'zod';
import { validationError } from './validation-error';

const errorOf = (schema: z.ZodType, value: unknown): unknown => {
  const { error } = schema.safeParse(value);
  const { message, param } = validationError(error?.issues ?? [], schema);
  return [param, message];
};

describe('what a refused body is told', () => {
  const schema = z.strictObject({
    policy: z.union([z.strictObject({ version: z.int() }), z.strictObject({ source: z.string() })]),
    tags: z.array(z.string()).optional(),
  });

  it('is what is wrong, and where', () => {
    expect(errorOf(schema, { policy: { version: 1 }, tags: ['a', 5] })).toEqual([
      'tags[1]',
      'tags[1]: Invalid input: expected string, received number',
    ]);
    expect(errorOf(schema, { policy: { version: 1 }, colour: 1 })).toEqual([
      'colour',
      'colour: unknown field; allowed: policy, tags',
    ]);
  });

  it('names every form that a value may have', () => {
    const [param, message] = errorOf(schema, { policy: { name: 'p' } }) as string[];
    expect(param).toBe('policy');
    expect(message).toMatch(/^policy: version: .*expected number.*; or source: .*expected string/);
    expect(errorOf(schema, { policy: 'p' })).toEqual([
      'policy',
      'policy: Invalid input: expected object, received string',
    ]);
  });

  it.each([undefined, 'traces', {}, { traces: { days: 1 } }])('says what a warming may start from: %j', (source) => {
    expect(errorOf(warmCacheSchema, { tenant: 'a', source })).toEqual([
      'source',
      'source: either { requests: [bodies of chat completions] } or { traces: { days, top } }',
    ]);
  });

  it('says what is wrong within the form that was meant', () => {
    expect(errorOf(warmCacheSchema, { tenant: 'a', source: { traces: { days: 0, top: 1 } } })).toEqual([
      'source.traces.days',
      expect.stringMatching(/^source\.traces\.days: Too small/),
    ]);
  });
});
