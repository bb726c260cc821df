import { formatTick } from '../../format/time';
import type { Series } from './series';

interface ChartTableProps {
  readonly label: string;
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  readonly tick?: typeof formatTick;
}

/** What a chart shows, as numbers. */
export function ChartTable({ label, times, series, format, tick = formatTick }: ChartTableProps) {
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return (
    <div className="chart-table" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {series.map(({ id, label: name }) => (
              <th key={id} scope="col" className="foreign">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.map((time, at) => (
            <tr key={time}>
              <td>{tick(time, span)}</td>
              {series.map(({ id, values }) => (
                <td key={id}>{values[at] == null ? '–' : format(values[at])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
