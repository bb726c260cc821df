import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, SegmentedControl } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../../api/client';
import { ApiError } from '../../../api/api-error';
import { policyQuery } from '../../../api/queries/relay.queries';
import { ConfirmDialog } from '../../../components/confirm-dialog';
import { QueryView } from '../../../components/query-view';
import { RelativeTime } from '../../../components/relative-time';
import { CanaryFields, USUAL_TERMS, type CanaryTerms } from '../canary/canary-fields';
import { DiffText } from '../versions/diff-text';
import { diffQuery, refOf } from '../policies.queries';

type Version = Schemas['PolicyVersionDetail'];

interface PublishDialogProps {
  readonly draft: Version;
  readonly overview: Schemas['PolicyOverview'];
  readonly onClose: () => void;
}

/** Shows what will change, and asks why and whom it is for; the note goes into the version, where history shows it. */
export function PublishDialog({ draft, overview, onClose }: PublishDialogProps) {
  const queries = useQueryClient();
  const version = refOf(draft);
  const now = useQuery({ ...policyQuery, initialData: overview, staleTime: 0 }).data;
  const inForce = now.published ? refOf(now.published) : 'file';
  const [accepted, setAccepted] = useState<string | null>(null); // what was published meanwhile, and may be replaced
  const [terms, setTerms] = useState<CanaryTerms | null>(draft.status === 'stopped' ? USUAL_TERMS : null); // null: everyone
  const diff = useQuery(diffQuery(inForce, version));
  const publish = useMutation({
    mutationFn: (note: string): Promise<unknown> =>
      terms ? tryDraft(draft, terms, note, accepted) : publishDraft(draft, note, accepted),
    onSuccess: async () => {
      const title = terms ? `${version} is tried on a share` : `${version} is published`;
      notifications.show({ title, message: 'Every process takes it up within a moment.' });
      await queries.invalidateQueries({ queryKey: ['policies'] });
      onClose();
    },
    onError: () => void queries.invalidateQueries({ queryKey: ['policies'] }),
  });
  const overtaken = (draft.basedOn ?? 'file') !== inForce && accepted !== inForce;
  return (
    <ConfirmDialog
      title={`Publish ${version}`}
      action={terms ? 'Begin' : 'Publish'}
      reason={{ label: 'Note: what it changes, and why' }}
      busy={publish.isPending}
      error={overtaken && publish.error instanceof ApiError && publish.error.status === 409 ? null : publish.error}
      onConfirm={(note) => publish.mutate(note)}
      onClose={onClose}
    >
      {overtaken ? (
        <Overtaken draft={draft} overview={now} onAccept={() => setAccepted(inForce)} />
      ) : accepted ? (
        <p className="tone-warn">
          It replaces {accepted} as well. Publish it if the difference below is what you want.
        </p>
      ) : null}
      {draft.status === 'stopped' ? null : (
        <SegmentedControl
          size="xs"
          aria-label="To whom"
          value={terms ? 'share' : 'everyone'}
          onChange={(value) => setTerms(value === 'share' ? USUAL_TERMS : null)}
          data={[
            { value: 'everyone', label: 'To everyone' },
            { value: 'share', label: 'To a share first' },
          ]}
        />
      )}
      {terms ? <CanaryFields terms={terms} onChange={setTerms} /> : null}
      {now.published || terms ? null : (
        <p className="file-notice">
          It takes the place of the whole policy of <code className="foreign">{now.file.path}</code>, its rules
          included.
        </p>
      )}
      <QueryView query={diff}>
        {(data) => (
          <>
            {data.rules.removed.length > 0 ? (
              <p className="tone-bad foreign">
                Out of force with it: {data.rules.removed.length === 1 ? 'the rule' : 'the rules'}{' '}
                {data.rules.removed.join(', ')}
              </p>
            ) : null}
            <DiffText diff={data} />
          </>
        )}
      </QueryView>
    </ConfirmDialog>
  );
}

interface OvertakenProps {
  readonly draft: Version;
  readonly overview: Schemas['PolicyOverview'];
  readonly onAccept: () => void;
}

/** Somebody published while the draft was written: what they changed is told before it can be undone. */
function Overtaken({ draft, overview: { published, file }, onAccept }: OvertakenProps) {
  const [comparing, setComparing] = useState(false);
  const base = draft.basedOn ?? 'file';
  const theirs = useQuery({ ...diffQuery(base, published ? refOf(published) : 'file'), enabled: comparing });
  return (
    <div className="conflict" role="alert">
      <p>
        <b>Somebody published meanwhile.</b> This draft was made from {draft.basedOn ?? `the policy of ${file.path}`};
        since then{' '}
        {published ? (
          <>
            <b className="foreign">{refOf(published)}</b> was published by{' '}
            <span className="foreign">{published.publishedBy ?? published.createdBy}</span>{' '}
            {published.publishedAt ? <RelativeTime at={published.publishedAt} /> : null}
            {published.note ? <span className="foreign">: “{published.note}”</span> : null}
          </>
        ) : (
          'the policy was unpublished'
        )}
        . Published as it is, the draft would undo that.
      </p>
      {comparing ? (
        <>
          <p className="strong">What they changed</p>
          <QueryView query={theirs}>{(data) => <DiffText diff={data} />}</QueryView>
          <p className="strong">What the draft would change of it, now</p>
        </>
      ) : null}
      <div className="conflict-actions">
        {comparing ? null : (
          <Button variant="default" size="xs" onClick={() => setComparing(true)}>
            See what they changed
          </Button>
        )}
        <Button variant="default" size="xs" color="red" onClick={onAccept}>
          My draft has all that is wanted of it
        </Button>
      </div>
    </div>
  );
}

async function publishDraft(draft: Version, note: string, basedOn: string | null): Promise<Schemas['PolicyVersion']> {
  const version = refOf(draft);
  const changed = note === '' && basedOn === null ? draft : await rewritten(draft, note, basedOn);
  return dataOf(
    api.POST('/api/policies/versions/{version}/publish', {
      params: { path: { version } },
      body: { expectedDigest: changed.digest },
    }),
  );
}

async function tryDraft(
  draft: Version,
  terms: CanaryTerms,
  note: string,
  basedOn: string | null,
): Promise<Schemas['PolicyCanary']> {
  const changed = basedOn === null || draft.status !== 'draft' ? draft : await rewritten(draft, '', basedOn);
  return dataOf(
    api.POST('/api/policies/versions/{version}/canary', {
      params: { path: { version: refOf(draft) } },
      body: { ...terms, expectedDigest: changed.digest, ...(note === '' ? {} : { note }) },
    }),
  );
}

function rewritten(draft: Version, note: string, basedOn: string | null): Promise<Version> {
  const kept = { source: draft.source, expectedDigest: draft.digest };
  const body = { ...kept, ...(note === '' ? {} : { note }), ...(basedOn === null ? {} : { basedOn }) };
  return dataOf(api.PUT('/api/policies/versions/{version}', { params: { path: { version: refOf(draft) } }, body }));
}
