import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, dataOf, type Schemas } from '../../../api/client';
import { whyNotExplained } from '../../../api/past-request';
import { useUrlParam } from '../../../state/url-state';

interface PastRequestProps {
  readonly onLoaded: (trace: Schemas['TraceDetail'] | null) => void;
}

/** Takes a request out of a trace, by its id. */
export function PastRequest({ onLoaded }: PastRequestProps) {
  const [id, setId] = useUrlParam('trace');
  const [typed, setTyped] = useState(id ?? '');
  const trace = useQuery({
    queryKey: ['trace', id],
    queryFn: ({ signal }) => dataOf(api.GET('/api/traces/{id}', { params: { path: { id: id ?? '' } }, signal })),
    enabled: id !== null,
    staleTime: Infinity,
    retry: false,
  });
  useEffect(() => onLoaded(trace.data ?? null), [trace.data, onLoaded]);
  const left = trace.data ? whyNotExplained(trace.data) : null;
  return (
    <form
      className="past-request"
      onSubmit={(event) => {
        event.preventDefault();
        setId(typed.trim() === '' ? null : typed.trim());
      }}
    >
      <TextInput
        label="Past request"
        placeholder="Trace id"
        size="xs"
        maxLength={64}
        value={typed}
        error={trace.isError ? trace.error.message : left}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Button type="submit" size="xs" variant="default" loading={trace.isLoading}>
        Take over
      </Button>
    </form>
  );
}
