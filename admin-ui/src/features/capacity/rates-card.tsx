import { Card } from '../../components/card';
import { Facts } from '../../components/facts';
import { formatBytes, formatCompact, formatCount } from '../../format/number';
import type { CapacityReport } from './capacity.queries';

type RatesCardProps = Pick<CapacityReport, 'rates' | 'disk'>;

/** What models and providers take a minute, and what traces take on disk. */
export function RatesCard({ rates, disk }: RatesCardProps) {
  const bytes = (value: number | null): string => (value === null ? '–' : formatBytes(Math.round(value)));
  return (
    <Card title="Rates and disk" hint="Mean and busiest minute">
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Rates">
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">Of</th>
              <th scope="col">A minute</th>
              <th scope="col" className="end">
                Mean
              </th>
              <th scope="col" className="end">
                Busiest
              </th>
              <th scope="col" className="end">
                Limit
              </th>
            </tr>
          </thead>
          <tbody>
            {rates.map(({ scope, id, of, mean, peak, limit }) => (
              <tr key={`${scope} ${id} ${of}`}>
                <td className="foreign">
                  {id} <span className="soft">{scope}</span>
                </td>
                <td>{of}</td>
                <td className="end">{formatCompact(mean)}</td>
                <td className={limit !== null && peak >= limit ? 'end tone-bad' : 'end'}>{formatCompact(peak)}</td>
                <td className="end">{limit === null ? 'none' : formatCompact(limit)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="capacity-disk">
        <Facts
          facts={[
            { name: 'A trace takes', value: bytes(disk.bytesPerTrace) },
            { name: 'Database', value: bytes(disk.databaseBytes) },
            { name: 'Free', value: bytes(disk.freeBytes) },
            { name: 'Traces are kept', value: `${formatCount(disk.retentionDays)} d` },
          ]}
        />
      </div>
    </Card>
  );
}
