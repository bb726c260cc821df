import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../../api/client';
import { QueryView } from '../../../components/query-view';
import { diffQuery, refOf, type PolicyVersion } from '../policies.queries';
import { DiffText } from './diff-text';

interface CompareDialogProps {
  readonly version: PolicyVersion;
  readonly overview: Schemas['PolicyOverview'];
  readonly onClose: () => void;
}

/** A version against what is published, or against the file where nothing is. */
export function CompareDialog({ version, overview, onClose }: CompareDialogProps) {
  const diff = useQuery(diffQuery(overview.published ? 'published' : 'file', refOf(version)));
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={`Compare ${refOf(version)}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <QueryView query={diff}>{(data) => <DiffText diff={data} />}</QueryView>
    </Modal>
  );
}
