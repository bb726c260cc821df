import { useEffect, useState } from 'react';
import { setReachable, useReachable } from '../api/reachability';
import { Button } from '../components/button';
import { StatusBadge } from '../components/status-badge';
import { untilReady } from './until-ready';
import './connection-banner.css';

/** Says that nobody answers, and asks in place of all pages. */
export function ConnectionBanner() {
  const reachable = useReachable();
  return <div role="status">{reachable ? null : <Silence />}</div>;
}

function Silence() {
  const [asked, setAsked] = useState(0); // by hand: begins anew with the shortest pause
  useEffect(() => {
    const stopped = new AbortController();
    void untilReady(stopped.signal).then((ready) => (ready ? setReachable(true) : undefined));
    return () => stopped.abort();
  }, [asked]);
  return (
    <div className="connection-banner">
      <StatusBadge tone="warn" label="The relay does not answer" />
      <span>What you see is from before. What you have typed stays; the page goes on by itself.</span>
      <Button onClick={() => setAsked(asked + 1)}>Try now</Button>
    </div>
  );
}
