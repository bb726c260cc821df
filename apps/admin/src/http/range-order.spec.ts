import { auditQuerySchema } from '@relay/contracts';
import type { ArgumentMetadata } from '@nestjs/common';
import { ApiValidationPipe } from './api-validation.pipe';

const ask = (query: object): Promise<unknown> =>
  new ApiValidationPipe().transform(query, { type: 'query', schema: auditQuerySchema } as ArgumentMetadata);

describe('a range of time', () => {
  it('does not end before it begins, by the clock and not by its letters', async () => {
    const refused = { code: 'invalid_request', param: 'from' };
    await expect(ask({ from: '2026-11-02T00:00:00Z', to: '2026-11-01T00:00:00Z' })).rejects.toMatchObject(refused);
    await expect(ask({ from: '2026-11-01T00:00:00-02:00', to: '2026-11-01T01:00:00Z' })).rejects.toMatchObject(refused);
  });

  it('may be open, or empty', async () => {
    const [from, to] = ['2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z'];
    for (const query of [{}, { from }, { to }, { from, to }]) await expect(ask(query)).resolves.toMatchObject(query);
  });
});
