import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { setReachable, useReachable } from '../api/reachability';
import { Button } from '../components/button';
import { StatusBadge } from '../components/status-badge';
import './connection-banner.css';

/** Pauses between two tries, in ms: longer with each, so that a restart is noticed soon and an outage costs little. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

/** Says that nobody answers, asks in place of all pages, and brings them up to date when somebody does again. */
export function ConnectionBanner() {
  const reachable = useReachable();
  return <div role="status">{reachable ? null : <Silence />}</div>;
}

function Silence() {
  const queries = useQueryClient();
  const [asked, setAsked] = useState(0); // by hand: begins anew with the shortest pause
  useEffect(() => {
    const stopped = new AbortController();
    void untilReady(stopped.signal).then((ready) => {
      if (!ready) return;
      setReachable(true);
      void queries.invalidateQueries();
    });
    return () => stopped.abort();
  }, [asked, queries]);
  return (
    <div className="connection-banner">
      <StatusBadge tone="warn" label="The relay does not answer" />
      <span>What you see is from before. What you have typed stays; the page goes on by itself.</span>
      <Button onClick={() => setAsked(asked + 1)}>Try now</Button>
    </div>
  );
}

async function untilReady(signal: AbortSignal): Promise<boolean> {
  for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
    if (!document.hidden && (await isReady(signal))) return true;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return false;
}

const isReady = (signal: AbortSignal): Promise<boolean> =>
  fetch('/health/ready', { signal }).then(
    ({ ok }) => ok,
    () => false,
  );
