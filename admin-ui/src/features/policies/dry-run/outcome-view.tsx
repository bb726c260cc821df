import { Link } from 'react-router';
import { Card } from '../../../components/card';
import { Facts } from '../../../components/facts';
import { EmptyState } from '../../../components/states';
import { formatDuration } from '../../../format/duration';
import { formatUsd } from '../../../format/money';
import { formatShare } from '../../../format/number';
import { useScopedPath } from '../../../state/scoped-path';
import type { Delta, Outcome } from './outcome';

const MAX_EXAMPLES = 3;
const MAX_ROWS = 100;

/** What the draft would change, in numbers and with examples to open. */
export function OutcomeView({ outcome }: { readonly outcome: Outcome }) {
  const { explained, changed, left, rows, cost, p95Ms } = outcome;
  const leftOut = [...left.values()].reduce((sum, count) => sum + count, 0);
  const usd = (value: number): string => formatUsd(value.toFixed(12));
  return (
    <Card title={`Decisions that change · ${changed} of ${explained}`}>
      {leftOut > 0 ? (
        <p className="tone-warn" role="status">
          {leftOut} of {leftOut + explained} requests could not be looked at: what the draft does with those is not in
          these figures.
        </p>
      ) : null}
      <Facts
        facts={[
          { name: 'Requests that change', value: explained === 0 ? '–' : formatShare(changed / explained) },
          { name: 'Predicted cost', value: <Change delta={cost} format={usd} /> },
          { name: 'Predicted p95', value: <Change delta={p95Ms} format={formatDuration} /> },
        ]}
      />
      {rows.length > 0 ? (
        <div className="table-scroll" tabIndex={0} role="region" aria-label="Decisions that change">
          <table className="plain-table dry-run-changes">
            <thead>
              <tr>
                <th scope="col">What</th>
                <th scope="col">In force</th>
                <th scope="col">Draft</th>
                <th scope="col" className="end">
                  Requests
                </th>
                <th scope="col">Examples</th>
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, MAX_ROWS).map(({ what, from, to, traces }) => (
                <tr key={`${what} ${from} ${to}`}>
                  <td className="soft">{what}</td>
                  <td className="foreign">{from}</td>
                  <td className="foreign strong">{to}</td>
                  <td className="end">{traces.length}</td>
                  <td>
                    <Examples traces={traces} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : explained > 0 ? (
        <EmptyState
          title={leftOut === 0 ? 'Nothing changes' : `Nothing changes for the ${explained} that could be looked at`}
          text="For each of these requests the draft decides as the policy in force does."
        />
      ) : (
        <EmptyState title="None could be looked at" text="What the draft would change is not known." />
      )}
      {left.size > 0 ? (
        <ul className="dry-run-left">
          {[...left].map(([reason, count]) => (
            <li key={reason} className="soft foreign">
              {count} left out: {reason}
            </li>
          ))}
        </ul>
      ) : null}
    </Card>
  );
}

function Examples({ traces }: { readonly traces: readonly string[] }) {
  const scoped = useScopedPath();
  return traces.slice(0, MAX_EXAMPLES).map((id) => (
    <Link key={id} className="mono dry-run-example" to={scoped(`/traces/${id}?view=explain`)} title={id}>
      …{id.slice(-6)}
    </Link>
  ));
}

function Change({ delta, format }: { readonly delta: Delta | null; readonly format: (value: number) => string }) {
  if (delta === null) return '–';
  const { before, after } = delta;
  const share = before === 0 ? null : after / before - 1;
  const tone = after < before ? 'tone-good' : after > before ? 'tone-bad' : 'soft';
  return (
    <span title={`${format(before)} → ${format(after)}`}>
      {format(after)}{' '}
      <small className={tone}>
        {share === null || share === 0 ? '±0 %' : `${share > 0 ? '+' : '−'}${formatShare(Math.abs(share))}`}
      </small>
    </span>
  );
}
