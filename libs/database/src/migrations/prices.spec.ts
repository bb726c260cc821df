import type { QueryRunner } from 'typeorm';
import { Prices1763900003000 } from './1763900003000-prices';

describe('the columns of prices', () => {
  it('do not make everybody wait who asks of the traces, where an old statement holds the table', async () => {
    const statements: string[] = [];
    const runner = { query: (statement: string) => Promise.resolve(void statements.push(statement)) };
    await new Prices1763900003000().up(runner as unknown as QueryRunner);
    const bound = statements.findIndex((statement) => /^SET LOCAL lock_timeout = [1-9]/.test(statement));
    const altered = statements.findIndex((statement) => statement.includes('ALTER TABLE'));
    expect(bound).toBeGreaterThanOrEqual(0);
    expect(altered).toBeGreaterThan(bound);
  });
});
