import { useCallback, useEffect, useRef, useState } from 'react';
import { fetchHealth, type Check } from './fetch-health';

/** Pause between two looks, in ms; none while the page is hidden. */
const PAUSE_MS = 5_000;

/** What is known of the relay: nothing yet, its last answer, or that nobody answers (and the last answer before). */
export type HealthView =
  | { readonly kind: 'checking' }
  | { readonly kind: 'answered'; readonly check: Check }
  | { readonly kind: 'silent'; readonly last: Check | null };

/** Watches `GET /health/ready` for as long as the component is shown. */
export function useHealth(): { readonly view: HealthView; readonly busy: boolean; readonly checkNow: () => void } {
  const [view, setView] = useState<HealthView>({ kind: 'checking' });
  const [busy, setBusy] = useState(true);
  const look = useRef<() => void>(() => undefined);

  useEffect(() => {
    const stopped = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let looking = false;

    const lookOnce = async (): Promise<void> => {
      if (looking) return;
      looking = true;
      clearTimeout(timer);
      setBusy(true);
      const next = await nextView(stopped.signal);
      looking = false;
      if (stopped.signal.aborted) return;
      setBusy(false);
      setView((before) => next(before));
      if (!document.hidden) timer = setTimeout(() => void lookOnce(), PAUSE_MS);
    };
    const onVisibility = (): void => {
      if (document.hidden) clearTimeout(timer);
      else void lookOnce();
    };

    look.current = () => void lookOnce();
    document.addEventListener('visibilitychange', onVisibility);
    void lookOnce();
    return () => {
      stopped.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisibility);
    };
  }, []);

  return { view, busy, checkNow: useCallback(() => look.current(), []) };
}

async function nextView(signal: AbortSignal): Promise<(before: HealthView) => HealthView> {
  try {
    const check = await fetchHealth(signal);
    return () => ({ kind: 'answered', check });
  } catch {
    return (before) => ({ kind: 'silent', last: before.kind === 'answered' ? before.check : lastOf(before) });
  }
}

const lastOf = (view: HealthView): Check | null => (view.kind === 'silent' ? view.last : null);
