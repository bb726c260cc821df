const LIMIT_MS = 10_000;

/** A condition that others bring about; looked at once a turn of the event loop. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not so within ${LIMIT_MS} ms: ${condition.toString()}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
