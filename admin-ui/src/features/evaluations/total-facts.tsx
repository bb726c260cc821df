import { Facts } from '../../components/facts';
import { Money } from '../../components/money';
import { formatCount } from '../../format/number';
import type { EvaluationGroup, Figure } from './evaluations.queries';
import { FIGURES, formatFigure, intervalOf } from './figures';

const SHOWN: readonly Figure[] = ['quality', 'errorShare', 'p95Ms', 'ttftP95Ms', 'costPer1kUsd', 'cacheHitShare'];

/** All requests of the range; each counts once. */
export function TotalFacts({ total }: { readonly total: EvaluationGroup }) {
  const figures = FIGURES.filter(({ figure }) => SHOWN.includes(figure)).map(({ figure, long }) => ({
    name: long,
    value: (
      <span title={intervalOf(figure, total.figures[figure]) || undefined}>
        {formatFigure(figure, total.figures[figure].value)}
      </span>
    ),
  }));
  return (
    <Facts
      facts={[
        { name: 'Requests', value: formatCount(total.requests) },
        { name: 'Verdicts of feedback', value: formatCount(total.verdicts) },
        ...figures,
        { name: 'Spend', value: <Money usd={total.costUsd} /> },
      ]}
    />
  );
}
