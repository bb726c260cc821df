import { ActionIcon, SegmentedControl, Select, TextInput } from '@mantine/core';
import { IconArrowsExchange } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { may } from '../../auth/roles';
import { useUser } from '../../auth/use-session';
import { formatTime } from '../../format/time';
import { boundsOf } from '../../state/time-range';
import type { UrlChange } from '../../state/url-state';
import { publicationsQuery, type EvaluationGroup } from './evaluations.queries';
import { dimensionOf, type ComparedWith, type EvaluationView } from './evaluation-view';
import { fromLocal, toLocal } from './local-time';

const MODES = [
  { value: 'group', label: 'Two groups' },
  { value: 'moment', label: 'Before and after' },
];
/** In the list of groups: no group, but all that was asked. */
const ALL = '';

interface CompareChoiceProps {
  readonly view: EvaluationView;
  readonly compared: ComparedWith;
  readonly groups: readonly EvaluationGroup[];
  readonly onChange: (next: UrlChange) => void;
}

/** What is held against what. All of it is in the address. */
export function CompareChoice({ view, compared: { a, b, moment }, groups, onChange }: CompareChoiceProps) {
  const label = dimensionOf(view.by).label;
  const names = groups.flatMap(({ key }) => (key === null ? [] : [key]));
  const known = [...new Set([...names, ...(a === null ? [] : [a]), ...(b === null ? [] : [b])])];
  const mode = moment === null ? 'group' : 'moment';
  const setMode = (next: string): void => {
    const { from, to } = boundsOf(view.range);
    onChange(
      next === 'moment'
        ? { a: b ?? a, b: null, moment: new Date((from + to) / 2).toISOString() }
        : { compare: '1', moment: null },
    );
  };
  const all = mode === 'moment' ? [{ value: ALL, label: 'All requests' }] : [];
  return (
    <div className="compare-choice">
      <SegmentedControl size="xs" aria-label="What is compared" data={MODES} value={mode} onChange={setMode} />
      <Select
        size="xs"
        label={mode === 'group' ? 'Base' : label}
        placeholder="Choose"
        allowDeselect={false}
        data={[...all, ...known.map((name) => ({ value: name, label: name }))]}
        value={a ?? (mode === 'moment' ? ALL : null)}
        onChange={(next) => onChange({ compare: '1', a: next })}
      />
      {moment === null ? (
        <>
          <ActionIcon
            variant="default"
            size={30}
            title="Swap"
            aria-label="Swap"
            disabled={a === null || b === null}
            onClick={() => onChange({ a: b, b: a })}
          >
            <IconArrowsExchange size={16} />
          </ActionIcon>
          <Select
            size="xs"
            label="Held against it"
            placeholder="Choose"
            allowDeselect={false}
            data={known.filter((name) => name !== a)}
            value={b}
            onChange={(next) => onChange({ compare: '1', b: next })}
          />
        </>
      ) : (
        <MomentFields moment={moment} onChange={(next) => onChange({ moment: next })} />
      )}
    </div>
  );
}

interface MomentFieldsProps {
  readonly moment: string;
  readonly onChange: (moment: string) => void;
}

/** Any time, or that of a publication. */
function MomentFields({ moment, onChange }: MomentFieldsProps) {
  const enabled = may(useUser().role, 'seeRelay');
  const publications = useQuery({ ...publicationsQuery, enabled }).data ?? [];
  return (
    <>
      <TextInput
        size="xs"
        type="datetime-local"
        label="Moment"
        value={toLocal(moment)}
        onChange={(event) => {
          const next = fromLocal(event.currentTarget.value);
          if (next !== null) onChange(next);
        }}
      />
      {publications.length === 0 ? null : (
        <Select
          size="xs"
          label="Or a publication"
          placeholder="Choose"
          data={publications.map(({ name, at }) => ({ value: at, label: `${name}, ${formatTime(at)}` }))}
          value={publications.some(({ at }) => at === moment) ? moment : null}
          onChange={(next) => next !== null && onChange(next)}
        />
      )}
    </>
  );
}
