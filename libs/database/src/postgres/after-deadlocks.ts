/** SQLSTATE `deadlock_detected`: the statement had no effect, and may be made again. */
const DEADLOCK = '40P01';
const MAX_TRIES = 5;

/** Makes a statement again that the database gave up for another one's sake. */
export async function afterDeadlocks<T>(statement: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await statement();
    } catch (error) {
      if (tries === MAX_TRIES || (error as { code?: unknown } | null)?.code !== DEADLOCK) throw error;
    }
  }
}
