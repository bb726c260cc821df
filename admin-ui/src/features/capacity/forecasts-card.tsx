import { Card } from '../../components/card';
import { RelativeTime } from '../../components/relative-time';
import { StatusBadge } from '../../components/status-badge';
import { formatShare } from '../../format/number';
import { formatAgo } from '../../format/time';
import type { Forecast } from './capacity.queries';
import { formatLimit, LIMITS } from './limits';

interface ForecastsCardProps {
  readonly forecasts: readonly Forecast[];
  readonly trendDays: number;
}

/** Which limit is met when, if everything grows as it does; the first one first. */
export function ForecastsCard({ forecasts, trendDays }: ForecastsCardProps) {
  return (
    <Card title="What is met first" hint={`If everything grows as it did over ${trendDays} days`}>
      {forecasts.length === 0 ? <p className="soft">No limit is known.</p> : null}
      {forecasts.length > 0 ? (
        <div className="table-scroll" tabIndex={0} role="region" aria-label="What is met first">
          <table className="plain-table">
            <thead>
              <tr>
                <th scope="col">Limit</th>
                <th scope="col">Of</th>
                <th scope="col">Now</th>
                <th scope="col" className="end">
                  At most
                </th>
                <th scope="col" className="end">
                  A week
                </th>
                <th scope="col" className="end">
                  Met
                </th>
              </tr>
            </thead>
            <tbody>
              {forecasts.map((forecast) => (
                <Row key={`${forecast.limit} ${forecast.id}`} forecast={forecast} />
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {trendDays < LEAST_DAYS ? <p className="soft">Two weeks of usage are needed to tell how it grows.</p> : null}
    </Card>
  );
}

const LEAST_DAYS = 14;

function Row({ forecast }: { readonly forecast: Forecast }) {
  const { limit, id, now, max, growthPerWeek } = forecast;
  return (
    <tr>
      <td>{LIMITS[limit]}</td>
      <td className="foreign">{id}</td>
      <td>
        <LimitBar now={now} max={max} />
        <span className="numeric">{formatLimit(limit, now)}</span>
      </td>
      <td className="end">{formatLimit(limit, max)}</td>
      <td className="end">
        {growthPerWeek === null ? '–' : `${growthPerWeek > 0 ? '+' : ''}${formatShare(growthPerWeek)}`}
      </td>
      <td className="end">
        <Met forecast={forecast} />
      </td>
    </tr>
  );
}

function Met({ forecast: { now, max, metAt, earliest, latest } }: { readonly forecast: Forecast }) {
  if (now >= max) return <StatusBadge tone="bad" label="met now" />;
  if (metAt === null) return <span className="soft">not in sight</span>;
  const between = `${earliest ? formatAgo(earliest) : 'any time'} to ${latest ? formatAgo(latest) : 'never'}, 90%`;
  return (
    <span title={between}>
      <RelativeTime at={metAt} />
    </span>
  );
}

/** `before` draws a mark where it was. */
export function LimitBar({
  now,
  max,
  before,
}: {
  readonly now: number;
  readonly max: number;
  readonly before?: number;
}) {
  const part = (value: number): string => `${max > 0 ? Math.min(1, value / max) * 100 : 100}%`;
  return (
    <div className="capacity-bar" aria-hidden="true">
      <span className={now > max ? 'is-over' : undefined} style={{ width: part(now) }} />
      {before === undefined ? null : <i style={{ insetInlineStart: part(before) }} />}
    </div>
  );
}
