import { Button, Select } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../../api/client';
import { tenantsQuery } from '../../../api/queries/relay.queries';
import { useAllowed } from '../../../auth/can';
import { Card } from '../../../components/card';
import { CodeEditor } from '../../../components/code-editor';
import { JsonView } from '../../../components/json-view';
import { PlanStory } from '../../../components/plan-story';
import { EmptyState } from '../../../components/states';
import { useTenantScope } from '../../../state/tenant-scope';

const EXAMPLE = JSON.stringify(
  { model: 'auto', messages: [{ role: 'user', content: 'Write a haiku about queues.' }] },
  null,
  2,
);

const POLICIES = [
  { value: 'published', label: 'What is published' },
  { value: 'latest', label: 'The newest, drafts included' },
  { value: 'file', label: 'The configuration file' },
];

/** What would be done with a request, and why, without calling anything. */
export function ExplainTab() {
  const { tenant: scope } = useTenantScope();
  const tenants = useQuery(tenantsQuery).data?.data ?? [];
  const [chosen, setChosen] = useState(scope);
  const [policy, setPolicy] = useState<string | null>(null);
  const [body, setBody] = useState(EXAMPLE);
  const tenant = chosen ?? tenants[0]?.id ?? '';
  const explain = useMutation({
    mutationFn: () => {
      const request = JSON.parse(body) as Record<string, unknown>;
      return dataOf(api.POST('/api/policies/explain', { body: { tenant, request, ...(policy ? { policy } : {}) } }));
    },
  });
  return (
    <div className="explain-grid">
      <Card title="Request" hint="As an app would send it to /v1/chat/completions">
        <Select
          label="Tenant"
          size="xs"
          searchable
          data={tenants.map(({ id }) => id)}
          value={tenant}
          onChange={setChosen}
        />
        <Select
          label="Policy"
          size="xs"
          clearable
          clearButtonProps={{ 'aria-label': 'What is in force' }}
          placeholder="What is in force"
          data={POLICIES}
          value={policy}
          onChange={setPolicy}
        />
        <div className="explain-place">
          <CodeEditor label="Body of the request" language="json" value={body} onChange={setBody} />
        </div>
        {explain.isError ? (
          <p className="tone-bad foreign" role="alert">
            {explain.error.message}
          </p>
        ) : null}
        <Button {...useAllowed('explain')} size="xs" loading={explain.isPending} onClick={() => explain.mutate()}>
          Explain
        </Button>
      </Card>
      <Card title="What would be done">
        {explain.data ? (
          <Explanation reply={explain.data} />
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

function Explanation({ reply }: { readonly reply: Schemas['ExplainReply'] }) {
  return (
    <div className="explain-result">
      <PlanStory {...reply} />
      <JsonView label="Predicted" value={reply.predicted} />
      <JsonView label="What rules could read" value={reply.features} />
    </div>
  );
}
