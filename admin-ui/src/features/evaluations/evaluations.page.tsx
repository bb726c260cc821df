import { Button, Select } from '@mantine/core';
import { IconArrowsDiff } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { CsvButton } from '../../components/csv-button';
import { Page } from '../../components/page';
import { QueryView } from '../../components/query-view';
import { useLiveInterval } from '../../state/live';
import { CompareDrawer } from './compare-drawer';
import { csvPath, evaluationsQuery } from './evaluations.queries';
import { DIMENSIONS, NOT_COMPARED, useEvaluationView } from './evaluation-view';
import { EvaluationTable } from './evaluation-table';
import { NoFeedback } from './no-feedback';
import { pairOf } from './pair-of';
import { TotalFacts } from './total-facts';
import './evaluations.css';

/** How often the traces are counted anew while live, in ms. */
const LOOK_MS = 120_000;

export default function EvaluationsPage() {
  const { view, compared, isComparing, change } = useEvaluationView();
  const refetchInterval = useLiveInterval(LOOK_MS);
  const evaluations = useQuery({ ...evaluationsQuery(view), refetchInterval, placeholderData: keepPreviousData });
  return (
    <Page title="Evaluations" hint="Quality, latency and cost of what was served, from its traces and from feedback">
      <div className="evaluation-tools">
        <Select
          size="xs"
          aria-label="Group by"
          allowDeselect={false}
          data={DIMENSIONS.map(({ value, label }) => ({ value, label }))}
          value={view.by}
          onChange={(by) => change({ ...NOT_COMPARED, by: by === 'policy' ? null : by })}
        />
        <Button
          variant="default"
          size="xs"
          leftSection={<IconArrowsDiff size={15} />}
          onClick={() => change({ compare: '1' }, 'push')}
        >
          Compare
        </Button>
        <span className="evaluation-tools-end">
          <CsvButton path={csvPath(view)} file={`evaluations-by-${view.by}.csv`} />
        </span>
      </div>
      <QueryView query={evaluations}>
        {(data) => (
          <div className="evaluation-body">
            <TotalFacts total={data.total} />
            <EvaluationTable
              evaluations={data}
              selected={compared.b ?? compared.a}
              onOpen={({ key }) => {
                const names = data.data.flatMap((group) => (group.key === null ? [] : [group.key]));
                if (key !== null) change({ ...NOT_COMPARED, ...pairOf(key, names, view.by) }, 'push');
              }}
              onClose={() => change(NOT_COMPARED)}
            />
            {data.total.verdicts === 0 ? <NoFeedback origin={window.location.origin} /> : null}
          </div>
        )}
      </QueryView>
      {isComparing ? (
        <CompareDrawer view={view} compared={compared} groups={evaluations.data?.data ?? []} onChange={change} />
      ) : null}
    </Page>
  );
}
