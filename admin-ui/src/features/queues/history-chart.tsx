import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Schemas } from '../../api/client';
import { ChartCard } from '../../components/time-chart/chart-card';
import { EmptyState } from '../../components/states';
import { Card } from '../../components/card';
import { formatCompact } from '../../format/number';
import { useQuery } from '@tanstack/react-query';
import { withSample, type Sample } from './history';

const KEY = ['queues', 'seen'] as const;
const LABEL = 'Waiting and slots in use';

interface HistoryChartProps {
  readonly pools: readonly Schemas['Pool'][];
  readonly at: number; // when they were looked at
  readonly everyMs: number;
}

/** Drawn from what this page has seen: the relay keeps no history of its lines. Kept over other pages, in memory. */
export function HistoryChart({ pools, at, everyMs }: HistoryChartProps) {
  const queries = useQueryClient();
  const { data: samples } = useQuery<readonly Sample[]>({
    queryKey: KEY,
    enabled: false,
    gcTime: Infinity,
    initialData: [],
  });
  useEffect(() => {
    queries.setQueryData<readonly Sample[]>(KEY, (before = []) => withSample(before, at, pools));
  }, [queries, at, pools]);
  if (samples.length < 2)
    return (
      <Card title={LABEL}>
        <EmptyState title="Watching" text="A line is drawn from what is seen while this page is open." />
      </Card>
    );
  const values = (name: 'short' | 'long' | 'inUse') => samples.map((sample) => sample[name]);
  return (
    <ChartCard
      label={LABEL}
      hint="Since this page was opened"
      times={samples.map((sample) => sample.at)}
      intervalMs={everyMs}
      height={140}
      format={formatCompact}
      series={[
        { id: 'short', label: 'waiting, short', color: 'var(--series-3)', kind: 'bar', values: values('short') },
        { id: 'long', label: 'waiting, long', color: 'var(--series-4)', kind: 'bar', values: values('long') },
        { id: 'inUse', label: 'slots in use', color: 'var(--series-1)', kind: 'line', values: values('inUse') },
      ]}
    />
  );
}
