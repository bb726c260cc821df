import { Button, Group, NumberInput, SegmentedControl, Stack, TextInput, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../../api/client';
import { TenantSelect } from '../../../components/tenant-select';
import { Dialog } from '../../../components/dialog';
import { useTenantScope } from '../../../state/tenant-scope';
import { readRequests } from './warm-source';

const SOURCES = [
  { value: 'traces', label: 'Most asked' },
  { value: 'requests', label: 'Own requests' },
];

export function WarmDialog({ onClose }: { readonly onClose: () => void }) {
  const { tenant: scope } = useTenantScope();
  const [tenant, setTenant] = useState(scope);
  const [from, setFrom] = useState('traces');
  const [days, setDays] = useState<number | string>(7);
  const [top, setTop] = useState<number | string>(100);
  const [text, setText] = useState('');
  const [most, setMost] = useState('');
  const [tags, setTags] = useState('');
  const start = useStart(onClose);
  const requests = from === 'requests' ? readRequests(text) : [];
  const source = from === 'traces' ? { traces: { days: Number(days), top: Number(top) } } : sourceOf(requests);
  const named = tags.split(',').flatMap((tag) => tag.trim() || []);
  const hasLimit = most === '' || Number(most) > 0;
  const ready = tenant !== null && source !== null && hasLimit && Number(days) > 0 && Number(top) > 0;
  return (
    <Dialog onClose={onClose} title="Warm the cache" centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!ready || start.isPending) return;
          start.mutate({
            ...{ tenant, source },
            ...(most === '' ? {} : { maxUsd: Number(most) }),
            ...(named.length === 0 ? {} : { tags: named }),
          });
        }}
      >
        <Stack gap="sm">
          <p>They are asked as the tenant, in the batch class, and cost what they cost.</p>
          <TenantSelect label="Tenant" withAsterisk value={tenant} onChange={setTenant} />
          <SegmentedControl aria-label="What is asked" data={SOURCES} value={from} onChange={setFrom} />
          {from === 'traces' ? (
            <Group grow>
              <NumberInput
                label="Of the last days"
                min={1}
                max={90}
                allowDecimal={false}
                value={days}
                onChange={setDays}
              />
              <NumberInput label="At most" min={1} max={1_000} allowDecimal={false} value={top} onChange={setTop} />
            </Group>
          ) : (
            <Textarea
              label="Bodies of chat completions, one a line or as an array"
              rows={7}
              spellCheck={false}
              value={text}
              error={text !== '' && requests instanceof Error ? requests.message : null}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          )}
          <TextInput
            label="Stop at so many USD"
            inputMode="decimal"
            placeholder="no limit"
            autoComplete="off"
            value={most}
            error={hasLimit ? null : 'More than 0'}
            onChange={(event) => setMost(event.currentTarget.value.trim())}
          />
          <TextInput
            label="Tags, as of x-relay-tags"
            placeholder="none; commas between several"
            autoComplete="off"
            value={tags}
            onChange={(event) => setTags(event.currentTarget.value)}
          />
          {start.error ? (
            <p className="tone-bad foreign" role="alert">
              {start.error.message}
            </p>
          ) : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={start.isPending} disabled={!ready}>
              Start
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

const sourceOf = (requests: ReturnType<typeof readRequests> | never[]) =>
  requests instanceof Error ? null : { requests };

function useStart(onStarted: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas['WarmCache']) => dataOf(api.POST('/api/cache/warm', { body })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['cache', 'warmings'] });
      onStarted();
    },
  });
}
