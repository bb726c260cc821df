import { Drawer } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { QueryView } from '../../components/query-view';
import type { UrlChange } from '../../state/url-state';
import { CompareChoice } from './compare-choice';
import { ComparisonTable } from './comparison-table';
import { comparisonQuery, type EvaluationGroup } from './evaluations.queries';
import { dimensionOf, NOT_COMPARED, type ComparedWith, type EvaluationView } from './evaluation-view';

interface CompareDrawerProps {
  readonly view: EvaluationView;
  readonly compared: ComparedWith;
  readonly groups: readonly EvaluationGroup[];
  readonly onChange: (next: UrlChange) => void;
}

/** Two groups side by side, or one before and after a moment, at an address of its own. */
export function CompareDrawer({ view, compared, groups, onChange }: CompareDrawerProps) {
  const { a, b, moment } = compared;
  const enabled = moment !== null || (a !== null && b !== null && a !== b);
  const comparison = useQuery({ ...comparisonQuery(view, compared), enabled, placeholderData: keepPreviousData });
  return (
    <Drawer
      opened
      position="right"
      size="min(100vw, 860px)"
      lockScroll={false}
      transitionProps={{ duration: 120 }}
      title={<span className="strong">Compare by {dimensionOf(view.by).label.toLowerCase()}</span>}
      closeButtonProps={{ 'aria-label': 'Close' }}
      onClose={() => onChange(NOT_COMPARED)}
    >
      <div className="compare-body">
        <CompareChoice view={view} compared={compared} groups={groups} onChange={onChange} />
        {enabled ? (
          <QueryView query={comparison}>{(data) => <ComparisonTable comparison={data} />}</QueryView>
        ) : (
          <p className="soft">Choose two groups, or a moment: what came after it is held against what came before.</p>
        )}
      </div>
    </Drawer>
  );
}
