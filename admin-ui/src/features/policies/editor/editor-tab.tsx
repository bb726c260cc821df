import { Button, SegmentedControl } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Schemas } from '../../../api/client';
import { useAllowed } from '../../../auth/can';
import { CodeEditor, type Problem } from '../../../components/code-editor';
import { ErrorState, SkeletonLines } from '../../../components/states';
import { lintQuery, refOf } from '../policies.queries';
import { ProblemList } from './problem-list';
import { PublishDialog } from './publish-dialog';
import { useDraft } from './use-draft';
import { useSaveDraft } from './use-save-draft';

/** Typing rests so long before the relay is asked what is wrong, in ms. */
const REST_MS = 400;

export function EditorTab({ overview }: { readonly overview: Schemas['PolicyOverview'] }) {
  const draft = useDraft(overview);
  const [mode, setMode] = useState('edit');
  const [publishing, setPublishing] = useState(false);
  const allowed = useAllowed('changePolicies');
  const { version, stored, original, text, setText, dirty } = draft;
  const problems = useLint(text ?? '');
  const save = useSaveDraft(stored.data, (saved) => {
    setText(null);
    draft.choose(refOf(saved));
  });
  if (stored.isError) return <ErrorState error={stored.error} onRetry={() => void stored.refetch()} />;
  if (text === undefined || original === undefined) return <SkeletonLines lines={14} />;
  const wrong = problems.some(({ severity }) => severity === 'error');
  const isDraft = stored.data?.status === 'draft';
  return (
    <div className="editor-grid">
      <section aria-label="Text of the policy">
        <div className="editor-tools">
          <SegmentedControl
            size="xs"
            aria-label="View"
            value={mode}
            onChange={setMode}
            data={[
              { value: 'edit', label: 'YAML' },
              { value: 'diff', label: `Diff with ${version ?? 'the beginning'}` },
            ]}
          />
          <span className="soft">
            {version ?? 'a new policy'}
            {stored.data ? `, ${stored.data.status}` : ''}
            {dirty ? ', changed' : ''}
          </span>
          <span className="spacer" />
          <Button variant="default" size="xs" disabled={!dirty} onClick={() => setText(null)}>
            Undo all
          </Button>
          <Button
            variant="default"
            size="xs"
            {...allowed}
            disabled={allowed.disabled || !dirty}
            loading={save.isPending}
            onClick={() => save.mutate(text)}
          >
            Save draft
          </Button>
          <Button
            size="xs"
            {...allowed}
            disabled={allowed.disabled || dirty || !isDraft || wrong}
            title={publishTitle(dirty, isDraft, wrong)}
            onClick={() => setPublishing(true)}
          >
            Publish…
          </Button>
        </div>
        {save.isError ? (
          <p className="tone-bad foreign" role="alert">
            {save.error.message}
          </p>
        ) : null}
        <div className="editor-place">
          <CodeEditor
            label="Policy"
            language="yaml"
            value={text}
            problems={problems}
            {...(allowed.disabled ? {} : { onChange: setText })}
            {...(mode === 'diff' ? { original } : {})}
          />
        </div>
      </section>
      <ProblemList problems={problems} />
      {publishing && stored.data ? (
        <PublishDialog draft={stored.data} overview={overview} onClose={() => setPublishing(false)} />
      ) : null}
    </div>
  );
}

function publishTitle(dirty: boolean, isDraft: boolean, wrong: boolean): string {
  if (dirty) return 'Save the draft first';
  if (!isDraft) return 'Only a draft can be published';
  return wrong ? 'It has errors' : 'Put it in force';
}

const NO_PROBLEMS: readonly Problem[] = [];

function useLint(text: string): readonly Problem[] {
  const [rested] = useDebouncedValue(text, REST_MS);
  const lint = useQuery({ ...lintQuery(rested), enabled: rested !== '' });
  const found = lint.data?.problems;
  return useMemo(
    () =>
      found?.map(({ path, found: was, allowed, ...place }) => ({
        ...place,
        message: `${path}: found ${was}; allowed: ${allowed}`,
      })) ?? NO_PROBLEMS,
    [found],
  );
}
