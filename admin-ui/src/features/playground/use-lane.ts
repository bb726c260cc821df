import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Plan } from './lane';
import { freshTraceQuery } from './playground.queries';
import { isRunning, useAnswer } from './use-answer';

/** One side: its answer and the trace of it, or the plan of a dry run. */
export function useLane(title: string) {
  const { answer, start, stop, clear } = useAnswer();
  const [asked, setAsked] = useState<string | null>(null); // of what is shown, whatever the form says by now
  const [dryRun, setDryRun] = useState<Plan | null>(null);
  const id = answer?.facts?.traceId ?? null;
  const ended = answer !== null && !isRunning(answer);
  const { data: trace, error } = useQuery({ ...freshTraceQuery(id ?? ''), enabled: id !== null && ended });
  return {
    state: {
      title: asked ?? title,
      answer,
      trace: id !== null && ended ? trace : undefined,
      unstored: ended ? error : null,
      dryRun,
    },
    running: isRunning(answer),
    start: (call: Parameters<typeof start>[0]): void => {
      setAsked(title);
      void start(call);
    },
    stop,
    show: (plan: Plan): void => {
      setAsked(title);
      clear();
      setDryRun(plan);
    },
    clear: (): void => {
      setAsked(null);
      clear();
      setDryRun(null);
    },
  };
}

export type Lane = ReturnType<typeof useLane>;
