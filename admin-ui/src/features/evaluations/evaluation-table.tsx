import { useMemo } from 'react';
import { sortRows, type Column, type Sort } from '../../components/data-table/column';
import { ColumnChooser } from '../../components/data-table/column-chooser';
import { DataTable } from '../../components/data-table/data-table';
import { useColumns } from '../../components/data-table/use-columns';
import { EmptyState } from '../../components/states';
import { formatCount } from '../../format/number';
import { useUrlParam } from '../../state/url-state';
import type { EvaluationGroup, Evaluations, Figure } from './evaluations.queries';
import { dimensionOf, nameOf, type Dimension } from './evaluation-view';
import { FIGURES, formatFigure, intervalOf, positionOf, sortValue } from './figures';
import { IntervalMark, scaleOf, type Scale } from './interval-mark';

const MOST_ROWS = 16;
/** Figures whose intervals are drawn in the table; all are in a comparison. */
const DRAWN: readonly Figure[] = ['quality', 'errorShare', 'p95Ms', 'costPer1kUsd'];
/** At first; the column chooser shows them, and a comparison has them. */
const HIDDEN: readonly Figure[] = ['ttftP50Ms'];

interface EvaluationTableProps {
  readonly evaluations: Evaluations;
  readonly selected: string | null;
  readonly onOpen: (group: EvaluationGroup) => void;
  readonly onClose: () => void;
}

/** The figures of each group. Opening one compares it. */
export function EvaluationTable({ evaluations, selected, onOpen, onClose }: EvaluationTableProps) {
  const [order, setOrder] = useUrlParam('sort');
  const sort = useMemo((): Sort => {
    if (order === null) return { column: 'requests', descending: true };
    return { column: order.replace(/^-/, ''), descending: order.startsWith('-') };
  }, [order]);
  const { by, data, truncated } = evaluations;
  const rows = useMemo(() => sortRows(data, sort, sortValue), [data, sort]);
  const columns = useMemo(() => columnsOf(by, data), [by, data]);
  const { shown, chosen, toggle } = useColumns('evaluations', columns);
  const label = dimensionOf(by).label.toLowerCase();
  if (rows.length === 0)
    return <EmptyState title="No requests" text={`Nothing that has a ${label} was asked in this time range.`} />;
  return (
    <>
      <DataTable
        label={`Evaluations by ${label}`}
        rows={rows}
        columns={shown}
        rowKey={({ key }) => key ?? ''}
        height={MOST_ROWS}
        keys
        selected={selected}
        sort={sort}
        onSort={({ column, descending }) => setOrder(`${descending ? '-' : ''}${column}`)}
        onOpen={onOpen}
        onClose={onClose}
      />
      <div className="evaluation-note">
        <p className="soft">
          Bars are 95% intervals. Open a row to compare it.{' '}
          {by === 'rule' ? 'A request is in the group of each rule that matched. ' : ''}
          {truncated ? `The ${formatCount(rows.length)} with most requests are listed.` : ''}
        </p>
        <ColumnChooser columns={columns} chosen={chosen} toggle={toggle} />
      </div>
    </>
  );
}

function columnsOf(by: Dimension, groups: readonly EvaluationGroup[]): readonly Column<EvaluationGroup>[] {
  const end = { align: 'end', sortable: true } as const;
  return [
    {
      id: 'key',
      header: dimensionOf(by).label,
      track: 'minmax(110px, 2fr)',
      sortable: true,
      cell: ({ key }) => (
        <span className={key === null ? 'soft' : 'foreign'} title={key ?? undefined}>
          {nameOf(key, by)}
        </span>
      ),
    },
    { ...end, id: 'requests', header: 'Requests', track: '74px', cell: ({ requests }) => formatCount(requests) },
    ...FIGURES.map(({ figure, short }): Column<EvaluationGroup> => {
      const isDrawn = DRAWN.includes(figure);
      const scale = scaleOf(groups.map((group) => placesOf(group, figure)));
      return {
        ...end,
        id: figure,
        header: short,
        track: isDrawn ? 'minmax(98px, 1fr)' : '68px',
        wide: figure !== 'quality',
        hidden: HIDDEN.includes(figure),
        cell: (group) => <FigureCell group={group} figure={figure} scale={isDrawn ? scale : null} />,
      };
    }),
    {
      ...end,
      id: 'verdicts',
      header: 'Verdicts',
      track: '62px',
      wide: true,
      cell: ({ verdicts }) => formatCount(verdicts),
    },
    {
      ...end,
      id: 'badHits',
      header: 'Bad hits',
      track: '62px',
      wide: true,
      cell: ({ badHits }) => formatCount(badHits),
    },
  ];
}

interface FigureCellProps {
  readonly group: EvaluationGroup;
  readonly figure: Figure;
  readonly scale: Scale | null;
}

function FigureCell({ group, figure, scale }: FigureCellProps) {
  const estimate = group.figures[figure];
  return (
    <span className="figure-cell" title={intervalOf(figure, estimate) || undefined}>
      {scale === null ? null : <IntervalMark {...placesOf(group, figure)} scale={scale} />}
      <span className={estimate.value === null ? 'soft' : undefined}>{formatFigure(figure, estimate.value)}</span>
    </span>
  );
}

export const placesOf = (group: EvaluationGroup, figure: Figure) => {
  const { value, low, high } = group.figures[figure];
  return { value: positionOf(value), low: positionOf(low), high: positionOf(high) };
};
