import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Schemas } from '../../../api/client';
import { useAllowed } from '../../../auth/can';
import { CodeEditor } from '../../../components/code-editor';
import { ErrorState, SkeletonLines } from '../../../components/states';
import { useUrlParam } from '../../../state/url-state';
import { useCompletion } from '../completion/use-completion';
import { refOf, versionQuery } from '../policies.queries';
import { RuleForm } from '../rules/rule-form';
import { rulesOf } from '../rules/rule-text';
import { RulesColumn } from '../rules/rules-column';
import { EditorTools, type EditorMode } from './editor-tools';
import { FileNotice } from './file-notice';
import { ProblemList } from './problem-list';
import { PublishDialog } from './publish-dialog';
import { useDraft } from './use-draft';
import { useLint } from './use-lint';
import { useSaveDraft } from './use-save-draft';

export function EditorTab({ overview }: { readonly overview: Schemas['PolicyOverview'] }) {
  const draft = useDraft(overview);
  const { version, stored, original, text, setText, dirty } = draft;
  const [view, setView] = useUrlParam('mode');
  const mode = MODES.find((one) => one === view) ?? 'yaml';
  const [at, setAt] = useState(0);
  const [reveal, setReveal] = useState<{ readonly line: number }>();
  const [publishing, setPublishing] = useState(false);
  const readOnly = useAllowed('changePolicies').disabled;
  const complete = useCompletion();
  const { problems, behind, failed } = useLint(text ?? '');
  const save = useSaveDraft(stored.data, draft.goOn);
  const [shape, setShape] = useState(0); // counts what may have put another rule into the place that the form shows
  const inForce = useQuery(versionQuery(overview.published ? refOf(overview.published) : 'file')).data?.source;
  const idsInForce = useMemo(() => new Set(rulesOf(inForce ?? '').rules.map(({ id }) => id)), [inForce]);
  if (stored.isError) return <ErrorState error={stored.error} onRetry={() => void stored.refetch()} />;
  if (text === undefined || original === undefined) return <SkeletonLines lines={14} />;
  const wrong = problems.some(({ severity }) => severity === 'error');
  return (
    <>
      <FileNotice overview={overview} />
      <EditorTools
        mode={mode}
        onMode={(next) => setView(next === 'yaml' ? null : next)}
        version={version}
        stored={stored.data}
        dirty={dirty}
        wrong={wrong}
        unread={behind || failed !== null}
        saving={save.isPending}
        canary={overview.canary?.status === 'running' ? overview.canary.version : null}
        onUndo={() => {
          setText(null);
          setShape(shape + 1);
        }}
        onSave={() => save.mutate({ source: text, base: draft.base, digest: draft.digest })}
        onPublish={() => setPublishing(true)}
      />
      {save.isError ? (
        <p className="tone-bad foreign" role="alert">
          {save.error.message}
        </p>
      ) : null}
      <div className="editor-grid">
        <RulesColumn
          text={text}
          selected={at}
          readOnly={readOnly}
          overview={overview}
          onChange={setText}
          inForce={inForce === undefined ? null : idsInForce}
          onSelect={(index, line) => {
            setAt(index);
            setShape(shape + 1);
            setReveal({ line });
          }}
        />
        <section aria-label="Text of the policy">
          {mode === 'form' ? (
            <RuleForm key={`${version} ${at} ${shape}`} text={text} at={at} readOnly={readOnly} onChange={setText} />
          ) : (
            <div className="editor-place">
              <CodeEditor
                label="Policy"
                language="yaml"
                value={text}
                problems={problems}
                complete={complete}
                {...(reveal ? { reveal } : {})}
                {...(readOnly ? {} : { onChange: setText })}
                {...(mode === 'diff' ? { original: inForce ?? original } : {})}
              />
            </div>
          )}
        </section>
        <ProblemList problems={problems} behind={behind} failed={failed} onOpen={(line) => setReveal({ line })} />
      </div>
      {publishing && stored.data ? (
        <PublishDialog draft={stored.data} overview={overview} onClose={() => setPublishing(false)} />
      ) : null}
    </>
  );
}

const MODES: readonly EditorMode[] = ['form', 'yaml', 'diff'];
