import { formatDuration } from '../format/duration';
import { formatDecimal } from '../format/number';
import { formatUsd } from '../format/money';
import type { TraceDetail } from '../api/queries/trace.queries';

/** What was expected, under the name of what came. */
const ROWS = [
  { name: 'Time to first token', predicted: 'ttftMs', actual: 'ttftMs' },
  { name: 'Waiting', predicted: 'waitMs', actual: 'queueMs' },
  { name: 'Whole time', predicted: 'totalMs', actual: 'totalMs' },
  { name: 'Input tokens', predicted: 'inputTokens', actual: 'inputTokens' },
  { name: 'Output tokens', predicted: 'outputTokens', actual: 'outputTokens' },
  { name: 'Cost', predicted: 'costUsd', actual: 'costUsd' },
  { name: 'Quality', predicted: 'quality', actual: 'quality' },
] as const;

export function Comparison({ predicted, actual }: Pick<TraceDetail, 'predicted' | 'actual'>) {
  return (
    <section>
      <h3>Predicted against actual</h3>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Figure</th>
            <th scope="col" className="end">
              Predicted
            </th>
            <th scope="col" className="end">
              Actual
            </th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map((row) => (
            <tr key={row.name}>
              <td className="soft">{row.name}</td>
              <td className="end">{show(row.predicted, predicted[row.predicted])}</td>
              <td className="end">{show(row.actual, actual[row.actual])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function show(name: string, value: number | string | null | undefined): string {
  if (value == null) return '–';
  if (name.endsWith('Usd')) return formatUsd(typeof value === 'number' ? value.toFixed(12) : value);
  if (typeof value === 'string') return value;
  return name.endsWith('Ms') ? formatDuration(value) : formatDecimal(value);
}
