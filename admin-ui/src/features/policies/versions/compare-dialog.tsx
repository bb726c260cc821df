import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../../components/dialog';
import { QueryView } from '../../../components/query-view';
import { diffQuery } from '../policies.queries';
import { DiffText } from './diff-text';

interface CompareDialogProps {
  readonly from: string; // name@version, or file
  readonly to: string;
  readonly versions: readonly string[];
  readonly onClose: () => void;
}

/** Any two policies beside each other: at first a version against what is in force. */
export function CompareDialog({ from: first, to: second, versions, onClose }: CompareDialogProps) {
  const [from, setFrom] = useState(first);
  const [to, setTo] = useState(second);
  const diff = useQuery(diffQuery(from, to));
  const data = [
    { value: 'file', label: 'The configuration file' },
    ...versions.map((value) => ({ value, label: value })),
  ];
  return (
    <Dialog onClose={onClose} size="xl" title="Compare">
      <div className="compare-sides">
        <Select
          label="From"
          size="xs"
          data={data}
          value={from}
          allowDeselect={false}
          onChange={(ref) => ref && setFrom(ref)}
        />
        <Select
          label="To"
          size="xs"
          data={data}
          value={to}
          allowDeselect={false}
          onChange={(ref) => ref && setTo(ref)}
        />
      </div>
      <QueryView query={diff}>{(found) => <DiffText diff={found} />}</QueryView>
    </Dialog>
  );
}
