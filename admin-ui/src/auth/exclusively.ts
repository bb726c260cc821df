let last: Promise<unknown> = Promise.resolve();

/** One after the other, over all tabs; over this one alone where the browser has no locks, as on plain http. */
export function exclusively<Value>(work: () => Promise<Value>): Promise<Value> {
  if ('locks' in navigator) return navigator.locks.request('relay-session', work);
  const turn = last.then(work);
  last = turn.catch(() => undefined);
  return turn;
}
