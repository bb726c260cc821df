import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

/** `push` makes an entry that Back leads to (a panel is opened); filters `replace`. */
export type HowToGo = 'push' | 'replace';

export type UrlChange = Readonly<Record<string, string | readonly string[] | null>>;

/** Several parameters of the address at once; null and empty ones are taken out. */
export function useUrlState(): readonly [URLSearchParams, (change: UrlChange, how?: HowToGo) => void] {
  const [params, setParams] = useSearchParams();
  const change = useCallback(
    (next: UrlChange, how: HowToGo = 'replace') =>
      // Without flushSync the router commits in a transition, and controls driven by the address lag behind the hand.
      setParams((before) => changed(before, next), {
        replace: how === 'replace',
        flushSync: true,
        preventScrollReset: true,
      }),
    [setParams],
  );
  return [params, change];
}

/** One parameter of the address. */
export function useUrlParam(name: string): readonly [string | null, (value: string | null, how?: HowToGo) => void] {
  const [params, change] = useUrlState();
  const set = useCallback((value: string | null, how?: HowToGo) => change({ [name]: value }, how), [change, name]);
  return [params.get(name), set];
}

export function changed(before: URLSearchParams, change: UrlChange): URLSearchParams {
  const after = new URLSearchParams(before);
  for (const [name, value] of Object.entries(change)) {
    after.delete(name);
    if (value === null || value === '') continue;
    for (const one of typeof value === 'string' ? [value] : value) after.append(name, one);
  }
  return after;
}
