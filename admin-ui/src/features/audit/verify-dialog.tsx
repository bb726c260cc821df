import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client';
import { Dialog } from '../../components/dialog';
import { IconCopyButton } from '../../components/icon-copy-button';
import { StatusBadge } from '../../components/status-badge';
import { formatCount } from '../../format/number';

const REASONS = {
  missing: 'it is missing',
  moved: 'it is not where it was written',
  changed: 'it is not what was written',
  'head-missing': 'the hash that was kept is not among the entries: the end was cut off, or all of it written anew',
} as const;

/** Reads the whole log at the relay, and says whether each link holds. */
export function VerifyDialog({ onClose }: { readonly onClose: () => void }) {
  const [head, setHead] = useState('');
  const verify = useMutation({
    mutationFn: () => dataOf(api.GET('/api/audit/verify', { params: { query: head === '' ? {} : { head } } })),
  });
  return (
    <Dialog onClose={onClose} title="Verify the chain" size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          verify.mutate();
        }}
      >
        <Stack gap="sm">
          <p>Each entry has a hash over itself and the one before. All of them are worked out anew.</p>
          <TextInput
            label="A hash that you kept (optional)"
            description="Proves that the end was not cut off since"
            autoComplete="off"
            spellCheck={false}
            maxLength={64}
            value={head}
            onChange={(event) => setHead(event.currentTarget.value.trim())}
          />
          {verify.error ? (
            <p className="tone-bad foreign" role="alert">
              {verify.error.message}
            </p>
          ) : null}
          {verify.data ? <Verdict verification={verify.data} /> : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button type="submit" loading={verify.isPending}>
              {verify.data ? 'Verify again' : 'Verify'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function Verdict({ verification }: { readonly verification: Schemas['AuditVerification'] }) {
  const { intact, entries, head, broken } = verification;
  return (
    <div role="status">
      {intact ? (
        <StatusBadge tone="good" label={`${formatCount(entries)} entries, all as they were written`} />
      ) : (
        <StatusBadge
          tone="bad"
          label={broken ? `Broken at entry ${broken.seq}: ${REASONS[broken.reason]}` : 'Broken'}
        />
      )}
      {intact ? (
        <p className="soft">
          Its head is <code className="foreign">{head}</code> <IconCopyButton text={head} what="the head" />. Keep it
          somewhere else.
        </p>
      ) : null}
    </div>
  );
}
