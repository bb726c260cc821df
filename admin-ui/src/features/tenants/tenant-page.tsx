import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { useAllowed } from '../../auth/can';
import { useUser } from '../../auth/use-session';
import { ApiError } from '../../api/api-error';
import { Card } from '../../components/card';
import { Facts } from '../../components/facts';
import { IconCopyButton } from '../../components/icon-copy-button';
import { Page } from '../../components/page';
import { QueryView } from '../../components/query-view';
import { RelativeTime } from '../../components/relative-time';
import { EmptyState } from '../../components/states';
import { StatusBadge } from '../../components/status-badge';
import { formatCount, formatDecimal } from '../../format/number';
import { useScopedPath } from '../../state/scoped-path';
import { BudgetsCard } from './budgets-card';
import { DisableDialog } from './disable-dialog';
import { KeysCard } from './keys/keys-card';
import { Chips, TenantStatusBadge } from './tenant-facts';
import { EditTenantDialog } from './tenant-form';
import { tenantQuery } from '../../api/queries/relay.queries';
import type { Tenant } from './tenants.queries';

/** One tenant: what it is and may, its keys and its budgets. */
export function TenantPage({ id }: { readonly id: string }) {
  const query = useQuery(tenantQuery(id));
  const { tenant: own } = useUser();
  const scoped = useScopedPath();
  const missing = query.error instanceof ApiError && query.error.status === 404;
  return (
    <Page
      title={id}
      hint={own === undefined ? <Link to={scoped('/tenants')}>All tenants</Link> : 'Your tenant'}
      actions={query.data ? <TenantActions tenant={query.data} /> : null}
    >
      {missing ? (
        <EmptyState
          title="There is no such tenant"
          text={own === undefined ? 'It may never have existed.' : 'At least none that your role may see.'}
        />
      ) : (
        <QueryView query={query}>{(tenant) => <TenantBody tenant={tenant} />}</QueryView>
      )}
    </Page>
  );
}

function TenantBody({ tenant }: { readonly tenant: Tenant }) {
  return (
    <div className="tenant-cards">
      {tenant.source === 'config' ? (
        <p className="soft">
          <StatusBadge tone="accent" label="Written in relay.yaml" /> and changed there: what it says here is read-only.
          Keys can be added all the same.
        </p>
      ) : null}
      <KeysCard tenant={tenant} />
      <div className="tenant-grid">
        <FactsCard tenant={tenant} />
        <BudgetsCard tenant={tenant.id} />
      </div>
    </div>
  );
}

function FactsCard({ tenant }: { readonly tenant: Tenant }) {
  const { id, name, weight, tier, tags, models, limits, createdAt } = tenant;
  return (
    <Card title="Tenant">
      <Facts
        facts={[
          { name: 'Status', value: <TenantStatusBadge tenant={tenant} /> },
          { name: 'Name', value: <span className="foreign">{name}</span> },
          {
            name: 'Id',
            value: (
              <>
                <span className="foreign">{id}</span> <IconCopyButton text={id} what="the id" />
              </>
            ),
          },
          { name: 'Tier', value: <span className="foreign">{tier}</span> },
          { name: 'Weight', value: formatDecimal(weight) },
          { name: 'Requests a minute', value: limitOf(limits.requestsPerMinute) },
          { name: 'Tokens a minute', value: limitOf(limits.tokensPerMinute) },
          { name: 'At once', value: limitOf(limits.concurrency) },
          { name: 'Created', value: createdAt === null ? 'with relay.yaml' : <RelativeTime at={createdAt} /> },
          { name: 'Tags', value: <Chips texts={tags} /> },
          { name: 'Models', value: models === null ? 'all of the relay' : <Chips texts={models} /> },
        ]}
      />
    </Card>
  );
}

const limitOf = (limit: number | undefined): string => (limit === undefined ? 'no limit' : formatCount(limit));

function TenantActions({ tenant }: { readonly tenant: Tenant }) {
  const [open, setOpen] = useState<'edit' | 'disable' | null>(null);
  const scoped = useScopedPath();
  const inFile =
    tenant.source === 'config' ? { disabled: true, title: 'It is written in relay.yaml; change it there.' } : null;
  const mayEdit = useAllowed('changeTenants');
  const mayDisable = useAllowed('manageTenants');
  return (
    <>
      <Button
        component={Link}
        to={scoped(`/traces?tenant=${encodeURIComponent(tenant.id)}`)}
        variant="default"
        size="xs"
      >
        Its traces
      </Button>
      <Button variant="default" size="xs" {...(inFile ?? mayEdit)} onClick={() => setOpen('edit')}>
        Edit
      </Button>
      <Button variant="default" size="xs" {...(inFile ?? mayDisable)} onClick={() => setOpen('disable')}>
        {tenant.disabledAt === null ? 'Disable…' : 'Enable…'}
      </Button>
      {open === 'edit' ? <EditTenantDialog tenant={tenant} onClose={() => setOpen(null)} /> : null}
      {open === 'disable' ? <DisableDialog tenant={tenant} onClose={() => setOpen(null)} /> : null}
    </>
  );
}
