import { useState, type ReactNode } from 'react';
import { Button } from '../button';
import { Card } from '../card';
import { ChartLegend } from './chart-legend';
import { ChartTable } from './chart-table';
import { TimeChart, type TimeChartProps } from './time-chart';

interface ChartCardProps extends TimeChartProps {
  readonly hint?: ReactNode;
}

/** A chart in a card, with its legend and a switch to the numbers. */
export function ChartCard({ hint, ...chart }: ChartCardProps) {
  const [asTable, setAsTable] = useState(false);
  return (
    <Card
      title={chart.label}
      hint={hint}
      action={<Button onClick={() => setAsTable(!asTable)}>{asTable ? 'Chart' : 'Table'}</Button>}
    >
      <ChartLegend series={chart.series} />
      {asTable ? <ChartTable {...chart} /> : <TimeChart {...chart} />}
    </Card>
  );
}
