import { connectWithRetry, withoutCredentials } from './connect';

const URL = 'postgres://relay:secret@db.example:5432/relay';
const refusal = (code: string): Error => Object.assign(new Error(`failed: ${code}`), { code });

describe('connecting to PostgreSQL', () => {
  it('waits for a server that is not up yet', async () => {
    const answers = [refusal('ECONNREFUSED'), refusal('57P03'), 'connected'];
    const connect = (): Promise<unknown> => {
      const answer = answers.shift();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    };
    await expect(connectWithRetry(URL, connect, { firstDelayMs: 1 })).resolves.toBe('connected');
  });

  it('gives up after a bounded number of attempts, naming the server but not the password', async () => {
    let attempts = 0;
    const failed = connectWithRetry(URL, () => Promise.reject((attempts++, refusal('ECONNREFUSED'))), {
      attempts: 3,
      firstDelayMs: 1,
    });
    await expect(failed).rejects.toThrow(
      /postgres:\/\/db.example:5432\/relay after 3 attempts: failed: ECONNREFUSED.*DATABASE_URL/,
    );
    await expect(failed).rejects.not.toThrow(/secret/);
    expect(attempts).toBe(3);
  });

  it('does not repeat what will not pass by itself', async () => {
    let attempts = 0;
    const failed = connectWithRetry(URL, () => Promise.reject((attempts++, refusal('28P01'))), { firstDelayMs: 1 });
    await expect(failed).rejects.toThrow(/28P01/);
    expect(attempts).toBe(1);
  });

  it('shows an address without its credentials', () => {
    expect(withoutCredentials(URL)).toBe('postgres://db.example:5432/relay');
  });
});
