import type { ClientBase } from 'pg';
import type { DataSource } from 'typeorm';

/**
 * Where `pipeline` is set pg sends what it is asked without waiting for the answers before. Its types have it for the life of a connection; the code
 * (8.23) looks at it with each question, which the tests would tell of another version.
 */
type PipelinedClient = ClientBase & { pipeline: boolean };

/**
 * Asks with settings that hold for this question alone: a transaction whose statements go out together, in one round trip; one after the other
 * they take four. `settings` is a SELECT of `set_config(…, true)`. Rejects with the first error.
 */
export async function inOneRoundTrip<Row extends object>(
  dataSource: DataSource,
  settings: string,
  sql: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const runner = dataSource.createQueryRunner();
  try {
    const client = (await runner.connect()) as PipelinedClient; // nobody else's until it is released
    client.pipeline = true;
    try {
      const begun = client.query(`BEGIN; ${settings}`);
      const answered = client.query<Row>(sql, [...values]);
      const ended = client.query('COMMIT'); // after an error it undoes
      await Promise.allSettled([begun, answered, ended]);
      await begun;
      return (await answered).rows;
    } finally {
      client.pipeline = false;
    }
  } finally {
    await runner.release();
  }
}
