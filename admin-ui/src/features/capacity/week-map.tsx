import type { CSSProperties } from 'react';
import { clockOf, HOURS, hoursByPlace, nameOfHour, strengthOf, textOf, WEEK } from './week';
import type { Metric } from './capacity-view';
import type { Pool } from './capacity.queries';

/** A tint below this share cannot be told from nothing. */
const LEAST_TINT = 0.08;

interface WeekMapProps {
  readonly pool: Pool;
  readonly metric: Metric;
  readonly targetWaitMs: number;
}

/** The hours of a week, each as strong as it is near its end; the busiest has a frame. */
export function WeekMap({ pool, metric, targetWaitMs }: WeekMapProps) {
  const hours = hoursByPlace(pool.hours);
  const busiest = pool.busiest ? `${pool.busiest.weekday} ${pool.busiest.hour}` : null;
  return (
    <table className="week-map" aria-label={`Hours of the week of ${pool.id}, UTC`}>
      <thead>
        <tr>
          <th scope="col">
            <span className="visually-hidden">Day</span>
          </th>
          {HOURS.map((hour) => (
            <th key={hour} scope="col" aria-label={clockOf(hour)}>
              {hour % 6 === 0 ? String(hour).padStart(2, '0') : null}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {WEEK.map(({ day, name }) => (
          <tr key={day}>
            <th scope="row">{name}</th>
            {HOURS.map((at) => {
              const place = `${day} ${at}`;
              const hour = hours.get(place);
              if (!hour) return <td key={at} title={`${name} ${clockOf(at)} UTC: no requests`} />;
              const text = textOf(hour, metric);
              return (
                <td
                  key={at}
                  className={place === busiest ? 'is-busiest' : undefined}
                  style={tint(strengthOf(hour, metric, targetWaitMs))}
                  title={`${nameOfHour(hour)}: ${text}`}
                >
                  <span className="visually-hidden">{text}</span>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** From calm to hot: what is past its end is drawn as errors are. */
function tint(strength: number): CSSProperties {
  const color = strength >= 1 ? 'var(--series-bad)' : strength > 0.8 ? 'var(--series-3)' : 'var(--series-1)';
  const part = Math.round(Math.max(LEAST_TINT, strength) * 100);
  return { background: `color-mix(in srgb, ${color} ${part}%, var(--sunken))` };
}
