import type { Schemas } from '../api/client';
import { formatUsd } from '../format/money';
import { formatShare } from '../format/number';
import './budget-bar.css';

type Budget = Pick<Schemas['Budget'], 'spentUsd' | 'heldUsd' | 'limitUsd' | 'alerts' | 'forecastUsd' | 'state'>;

/** What is drawn goes a little beyond the limit, so that a forecast past it is seen to be past it. */
const BEYOND = 1.1;

/** What is spent of a budget, where it warns, and where the month will end. */
export function BudgetBar({ budget }: { readonly budget: Budget }) {
  const { spentUsd, heldUsd, limitUsd, alerts, forecastUsd, state } = budget;
  const limit = Number(limitUsd);
  const share = Number(spentUsd) / limit;
  const held = Number(heldUsd ?? 0) / limit;
  const forecast = forecastUsd === null ? null : Number(forecastUsd) / limit;
  const whole = Math.max(1, forecast ?? 0) > 1 ? BEYOND : 1;
  const width = (part: number): string => `${Math.min(1, part / whole) * 100}%`;
  return (
    <div className={`budget-bar is-${state}`} role="img" aria-label={inWords(budget, share)}>
      <div className="budget-spent" style={{ width: width(share) }} />
      {held > 0 ? (
        <div className="budget-held" style={{ insetInlineStart: width(share), width: width(Math.min(held, 1)) }} />
      ) : null}
      {alerts
        .filter((alert) => alert < 1)
        .map((alert) => (
          <i key={alert} className="budget-threshold" style={{ insetInlineStart: width(alert) }} />
        ))}
      {whole > 1 ? <i className="budget-limit" style={{ insetInlineStart: width(1) }} /> : null}
      {forecast === null ? null : (
        <i
          className={forecast > 1 ? 'budget-forecast is-over' : 'budget-forecast'}
          style={{ insetInlineStart: width(forecast) }}
        />
      )}
    </div>
  );
}

function inWords({ spentUsd, limitUsd, forecastUsd }: Budget, share: number): string {
  const spent = `${formatUsd(spentUsd)} of ${formatUsd(limitUsd)} spent, ${formatShare(share)}`;
  return forecastUsd === null ? spent : `${spent}; ${formatUsd(forecastUsd)} expected at the end`;
}
