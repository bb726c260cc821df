import { useEffect, useRef, useState } from 'react';
import { dryRun, type DryRun } from './run';
import type { ReplayedTrace } from './outcome';

export interface DryRunState {
  readonly running: boolean;
  readonly found: number | null; // traces to look at; null: not known yet
  readonly replayed: readonly ReplayedTrace[];
  readonly error: Error | null;
  readonly cancelled: boolean;
}

const IDLE: DryRunState = { running: false, found: null, replayed: [], error: null, cancelled: false };

/** Runs at most one at a time; leaving the page ends it. */
export function useDryRun() {
  const [state, setState] = useState(IDLE);
  const running = useRef<AbortController>(null);
  useEffect(() => () => running.current?.abort(), []);
  const start = async (what: Pick<DryRun, 'source' | 'count' | 'filter'>): Promise<void> => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    const update = (change: (before: DryRunState) => DryRunState): void => {
      if (running.current === controller) setState(change);
    };
    setState({ ...IDLE, running: true });
    const onFound = (found: number): void => update((before) => ({ ...before, found }));
    const onReplayed = (trace: ReplayedTrace): void =>
      update((before) => ({ ...before, replayed: [...before.replayed, trace] }));
    const error = await dryRun({ ...what, signal: controller.signal, onFound, onReplayed }).then(
      () => null,
      (reason: unknown) => (reason instanceof Error ? reason : new Error(String(reason))),
    );
    const cancelled = controller.signal.aborted;
    update((before) => ({ ...before, running: false, error: cancelled ? null : error, cancelled }));
  };
  return { state, start, cancel: () => running.current?.abort() };
}
