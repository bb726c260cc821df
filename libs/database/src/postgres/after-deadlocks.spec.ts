import { afterDeadlocks } from './after-deadlocks';

describe('a statement that the database gave up', () => {
  const failing = (times: number, code: string) => {
    let tries = 0;
    const statement = (): Promise<string> =>
      tries++ < times ? Promise.reject(Object.assign(new Error(code), { code })) : Promise.resolve('done');
    return { statement, tries: () => tries };
  };

  it('is made again after a deadlock', async () => {
    const { statement, tries } = failing(2, '40P01');
    expect(await afterDeadlocks(statement)).toBe('done');
    expect(tries()).toBe(3);
  });

  it('is not made for ever', async () => {
    const { statement, tries } = failing(100, '40P01');
    await expect(afterDeadlocks(statement)).rejects.toThrow('40P01');
    expect(tries()).toBe(5);
  });

  it('is not made again after anything else', async () => {
    const { statement, tries } = failing(1, '23505');
    await expect(afterDeadlocks(statement)).rejects.toThrow('23505');
    expect(tries()).toBe(1);
  });
});
