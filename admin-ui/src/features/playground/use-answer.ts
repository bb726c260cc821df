import { useCallback, useEffect, useRef, useState } from 'react';
import { WAITING, type Answer } from './answer';
import { callRelay, type Call } from './call';

/** One answer at a time. However many parts come, it is drawn once a frame. */
export function useAnswer() {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const start = useCallback(async (call: () => Promise<Call>): Promise<void> => {
    running.current?.abort();
    const stopped = new AbortController();
    running.current = stopped;
    const began = performance.now();
    let latest: Answer = WAITING;
    let frame = 0;
    const isCurrent = (): boolean => running.current === stopped;
    const draw = (): void => {
      if (!isCurrent()) return;
      setAnswer({ ...latest, elapsedMs: Math.max(latest.elapsedMs, performance.now() - began) });
      frame = requestAnimationFrame(draw);
    };
    draw();
    try {
      latest = await callRelay(await call(), stopped.signal, (next) => (latest = next));
    } catch (fault) {
      const message = fault instanceof Error ? fault.message : 'No key could be made.';
      latest = { ...WAITING, phase: 'failed', error: { code: 'no_key', message } };
    } finally {
      cancelAnimationFrame(frame);
      if (isCurrent()) {
        setAnswer(latest);
        running.current = null;
      }
    }
  }, []);

  const stop = useCallback(() => running.current?.abort(), []);
  const clear = useCallback(() => {
    running.current?.abort();
    running.current = null;
    setAnswer(null);
  }, []);
  return { answer, start, stop, clear };
}

export const isRunning = (answer: Answer | null): boolean =>
  answer?.phase === 'waiting' || answer?.phase === 'streaming';
