import { useCallback, useEffect } from 'react';
import { useLocation, useSearchParams } from 'react-router';

/** `push` makes an entry that Back leads to (a panel is opened); filters `replace`. */
export type HowToGo = 'push' | 'replace';

export type UrlChange = Readonly<Record<string, string | readonly string[] | null>>;

/** The address that is on its way: two changes in one handler both count, although the router has not yet gone anywhere. */
let going: { readonly from: string; readonly to: URLSearchParams } | null = null;

/** Several parameters of the address at once; null and empty ones are taken out. */
export function useUrlState(): readonly [URLSearchParams, (change: UrlChange, how?: HowToGo) => void] {
  const [params, setParams] = useSearchParams();
  const { key: from } = useLocation();
  useEffect(() => {
    if (going?.from !== from) going = null; // it has arrived; Back may lead to where it began
  }, [from]);
  const change = useCallback(
    (next: UrlChange, how: HowToGo = 'replace') => {
      const to = changed(going?.from === from ? going.to : params, next);
      going = { from, to };
      // Without flushSync the router commits in a transition, and controls driven by the address lag behind the hand.
      setParams(to, { replace: how === 'replace', flushSync: true, preventScrollReset: true });
    },
    [setParams, params, from],
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
