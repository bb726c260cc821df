import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { forecastQuery } from '../../../api/queries/budgets.queries';
import { Money } from '../../../components/money';
import { formatUsd } from '../../../format/money';
import { formatCompact, formatCount, formatShare } from '../../../format/number';
import type { Usage } from '../cost.queries';
import type { CostView } from '../cost-view';
import { changeOf, formatQuotient, perThousand } from './cost-rows';
import { Change } from './change';

interface CostFactsProps {
  readonly view: CostView;
  readonly usage: Usage;
  readonly before: Usage | undefined;
}

/** The sums of the period; each request once, whatever it is grouped by. */
export function CostFacts({ view, usage: { total }, before }: CostFactsProps) {
  const { filters, period } = view;
  const change = before ? changeOf(total.costUsd, before.total.costUsd) : null;
  const hitRate = total.ok === 0 ? null : total.cacheHits / total.ok;
  const narrowed = Object.keys(filters).some((name) => name !== 'tenant');
  return (
    <dl className="cost-facts">
      <Fact name="Spend" value={<Money usd={total.costUsd} />}>
        {change === null ? null : <Change change={change} />}{' '}
        {before ? `${formatUsd(before.total.costUsd)} in ${period.beforeName}` : period.name}
      </Fact>
      {narrowed ? null : <ForecastFact tenant={filters.tenant ?? null} />}
      <Fact name="Per 1,000 requests" value={formatQuotient(perThousand(total))}>
        {formatCount(total.requests)} requests
      </Fact>
      <Fact name="Tokens" value={formatCompact(total.inputTokens + total.outputTokens)}>
        {formatCompact(total.inputTokens)} in, {formatCompact(total.outputTokens)} out
      </Fact>
      <Fact name="Saved by the cache" value={<Money usd={total.savedUsd} />}>
        {formatShare(hitRate)} of all answers
      </Fact>
      <Fact name="Saved by routing" value={<Money usd={total.savedByRoutingUsd} />}>
        against the strongest model
      </Fact>
      {total.unpriced > 0 ? (
        <Fact name="Without a price" value={formatCount(total.unpriced)}>
          <span className="tone-warn">requests that are not in the spend</span>
        </Fact>
      ) : null}
    </dl>
  );
}

function ForecastFact({ tenant }: { readonly tenant: string | null }) {
  const { data } = useQuery(forecastQuery(tenant));
  if (!data) return null;
  const { projected } = data;
  return (
    <Fact name="This month will come to" value={projected ? formatUsd(projected.usd) : '–'}>
      {projected
        ? `${formatUsd(projected.lowUsd)} to ${formatUsd(projected.highUsd)}, 90%`
        : 'needs two weeks of usage'}
    </Fact>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: ReactNode;
  readonly children: ReactNode;
}

function Fact({ name, value, children }: FactProps) {
  return (
    <div className="cost-fact">
      <dt>{name}</dt>
      <dd>{value}</dd>
      <dd className="cost-note">{children}</dd>
    </div>
  );
}
