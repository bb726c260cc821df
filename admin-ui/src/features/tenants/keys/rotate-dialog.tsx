import { Select } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../../api/client';
import { FormDialog } from '../../../components/form-dialog';
import type { ApiKey } from '../tenants.queries';

/** How long the old key goes on beside the new one, in seconds. */
const OVERLAPS = [
  { value: '0', label: 'Not at all: it stops at once' },
  { value: '3600', label: 'An hour' },
  { value: '86400', label: 'A day' },
  { value: '604800', label: '7 days' },
  { value: '2592000', label: '30 days' },
];

interface RotateDialogProps {
  readonly apiKey: ApiKey;
  readonly onMade: (key: Schemas['CreatedApiKey']) => void;
  readonly onClose: () => void;
}

/** A new key in place of an old one, which goes on for a while so that nobody is cut off. */
export function RotateDialog({ apiKey, onMade, onClose }: RotateDialogProps) {
  const [overlap, setOverlap] = useState('86400');
  const queries = useQueryClient();
  const params = { path: { id: apiKey.tenant, keyId: apiKey.id } };
  const rotate = useMutation({
    mutationFn: () =>
      dataOf(api.POST('/api/tenants/{id}/keys/{keyId}/rotate', { params, body: { overlapSeconds: Number(overlap) } })),
    onSuccess: (made) => {
      onMade(made);
      return queries.invalidateQueries({ queryKey: ['tenants', 'keys', apiKey.tenant] });
    },
  });
  return (
    <FormDialog
      title={`Rotate the key ${apiKey.name}`}
      action="Rotate"
      busy={rotate.isPending}
      error={rotate.error}
      onSubmit={() => rotate.mutate()}
      onClose={onClose}
    >
      <p>A new key is made with the same name, scopes, models and limits, and shown once.</p>
      <Select
        label="The old key goes on for"
        data={OVERLAPS}
        value={overlap}
        allowDeselect={false}
        onChange={(next) => setOverlap(next ?? '86400')}
      />
    </FormDialog>
  );
}
