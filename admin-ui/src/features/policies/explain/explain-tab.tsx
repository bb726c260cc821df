import { Button, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, dataOf, type Schemas } from '../../../api/client';
import { explainRequestOf, whyNotExplained } from '../../../api/past-request';
import { tenantsQuery } from '../../../api/queries/relay.queries';
import { TenantSelect } from '../../../components/tenant-select';
import { useAllowed } from '../../../auth/can';
import { Card } from '../../../components/card';
import { CodeEditor } from '../../../components/code-editor';
import { JsonView } from '../../../components/json-view';
import { PlanStory } from '../../../components/plan-story';
import { EmptyState } from '../../../components/states';
import { useTenantScope } from '../../../state/tenant-scope';
import { useUrlParam } from '../../../state/url-state';
import { useDraft } from '../editor/use-draft';
import { PastRequest } from './past-request';

const EXAMPLE = JSON.stringify(
  { model: 'auto', messages: [{ role: 'user', content: 'Write a haiku about queues.' }] },
  null,
  2,
);

const IN_FORCE = 'in-force';

const POLICIES = [
  { value: IN_FORCE, label: 'What is in force' },
  { value: 'editor', label: 'The text in the editor' },
  { value: 'published', label: 'What is published' },
  { value: 'latest', label: 'The newest, drafts included' },
  { value: 'file', label: 'The configuration file' },
];

type Trace = Schemas['TraceDetail'];

const filled = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([, value]) => value.trim() !== ''));

/** What would be done with a request, and why, without calling anything. */
export function ExplainTab({ overview }: { readonly overview: Schemas['PolicyOverview'] }) {
  const { tenant: scope } = useTenantScope();
  const tenants = useQuery(tenantsQuery).data?.data ?? [];
  const [chosen, setChosen] = useState(scope);
  const [policy, setPolicy] = useUrlParam('policy');
  const [body, setBody] = useState(EXAMPLE);
  const [past, setPast] = useState<Trace | null>(null);
  const { text, dirty } = useDraft(overview);
  const [tags, setTags] = useState('');
  const [user, setUser] = useState('');
  const [priority, setPriority] = useState<string | null>(null);
  const policyName = policy ?? (dirty ? 'editor' : IN_FORCE); // who has changed the text wants to know what it does
  const tenant = chosen ?? tenants[0]?.id ?? '';
  useEffect(() => {
    if (!past || whyNotExplained(past) !== null) return;
    setChosen(past.tenant);
    setBody(JSON.stringify(past.payload?.request, null, 2));
  }, [past]);
  const explain = useMutation({
    mutationFn: (chosenPolicy: string) => {
      const request = parsed(body);
      const by =
        chosenPolicy === 'editor'
          ? { source: text ?? '' }
          : chosenPolicy === IN_FORCE
            ? undefined
            : (chosenPolicy ?? undefined);
      const sent: Partial<Schemas['ExplainRequest']> =
        past && whyNotExplained(past) === null ? explainRequestOf(past) : {};
      const said = { 'x-relay-tags': tags, 'x-relay-user': user, 'x-relay-priority': priority ?? '' };
      const headers = { ...sent.headers, ...filled(said) };
      return dataOf(
        api.POST('/api/policies/explain', {
          body: { ...sent, headers, tenant, request, ...(by === undefined ? {} : { policy: by }) },
        }),
      );
    },
  });
  return (
    <div className="explain-grid">
      <Card title="Request" hint="As an app would send it to /v1/chat/completions, or a past one by its trace">
        <PastRequest onLoaded={setPast} />
        <TenantSelect label="Tenant" size="xs" value={tenant} onChange={setChosen} />
        <Select
          label="Policy"
          size="xs"
          allowDeselect={false}
          data={POLICIES}
          value={policyName}
          onChange={(value) => setPolicy(value)}
        />
        <div className="explain-headers">
          <TextInput
            label="Tags"
            placeholder="a,b"
            size="xs"
            maxLength={1_000}
            value={tags}
            onChange={({ currentTarget }) => setTags(currentTarget.value)}
          />
          <TextInput
            label="User"
            size="xs"
            maxLength={256}
            value={user}
            onChange={({ currentTarget }) => setUser(currentTarget.value)}
          />
          <Select
            label="Priority"
            size="xs"
            clearable
            clearButtonProps={{ 'aria-label': 'None' }}
            placeholder="None"
            data={['interactive', 'standard', 'batch']}
            value={priority}
            onChange={setPriority}
          />
        </div>
        <div className="explain-place">
          <CodeEditor label="Body of the request" language="json" value={body} onChange={setBody} />
        </div>
        {explain.isError ? (
          <p className="tone-bad foreign" role="alert">
            {explain.error.message}
          </p>
        ) : null}
        <Button
          {...useAllowed('explain')}
          size="xs"
          loading={explain.isPending}
          onClick={() => explain.mutate(policyName)}
        >
          Explain
        </Button>
      </Card>
      <Card title="What would be done">
        {explain.data ? (
          <Explanation
            reply={explain.data}
            by={explain.variables === 'editor' ? 'the text in the editor' : explain.data.policy}
          />
        ) : (
          <EmptyState
            title="Nothing explained yet"
            text="Explain shows the plan, every rule with its verdict, and the ranking."
          />
        )}
      </Card>
    </div>
  );
}

function parsed(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch (error) {
    throw new Error(`The request is no JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function Explanation({ reply, by }: { readonly reply: Schemas['ExplainReply']; readonly by: string }) {
  return (
    <div className="explain-result">
      <PlanStory {...reply} policy={by} />
      <JsonView label="Predicted" value={reply.predicted} />
      <JsonView label="What rules could read" value={reply.features} />
    </div>
  );
}
