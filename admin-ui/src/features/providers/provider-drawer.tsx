import { Drawer } from '@mantine/core';
import type { Schemas } from '../../api/client';
import { Facts } from '../../components/facts';
import { StatusBadge } from '../../components/status-badge';
import { EmptyState } from '../../components/states';
import { formatDuration } from '../../format/duration';
import { formatCount } from '../../format/number';
import { ErrorClasses } from './error-classes';
import { OverrideMenu } from './override-menu';
import { OverrideNote } from './override-note';
import { ProbeButton, ProbeResult, useProbe } from './probe';
import { ProviderChart } from './provider-chart';
import { isOverridden, overridesOf, stateOf } from './provider-state';
import { ResetBreakers } from './reset-breakers';
import { TargetTable } from './target-table';

type Provider = Schemas['Provider'];

interface ProviderDrawerProps {
  readonly id: string;
  readonly provider: Provider | undefined; // undefined: there is none of that name
  readonly onClose: () => void;
}

/** One provider in full, at an address of its own. */
export function ProviderDrawer({ id, provider, onClose }: ProviderDrawerProps) {
  return (
    <Drawer
      opened
      position="right"
      size="min(100vw, 860px)"
      lockScroll={false}
      transitionProps={{ duration: 120 }}
      title={<span className="strong foreign">{id}</span>}
      closeButtonProps={{ 'aria-label': 'Close' }}
      onClose={onClose}
    >
      {provider ? (
        <Content provider={provider} />
      ) : (
        <EmptyState title="There is no such provider" text="relay.yaml names those that there are." />
      )}
    </Drawer>
  );
}

function Content({ provider }: { readonly provider: Provider }) {
  const { id, kind, region, baseUrl, limits, keys, rttMs, targets, override } = provider;
  const probe = useProbe(id);
  const { tone, label } = stateOf(provider);
  const broken = targets.some((target) => target.breaker !== 'closed' && !isOverridden(target));
  return (
    <div className="provider-detail">
      <div className="provider-tools">
        <StatusBadge tone={tone} label={label} />
        <span className="soft foreign">{[kind, region, baseUrl].filter(Boolean).join(' · ')}</span>
        <ProbeButton probe={probe} />
        <OverrideMenu provider={id} target={null} override={override} />
        {broken ? <ResetBreakers provider={id} /> : null}
      </div>
      <div>
        {overridesOf(provider).map((each) => (
          <OverrideNote key={each.target} {...each} />
        ))}
        <ProbeResult probe={probe} />
      </div>
      <Facts
        facts={[
          { name: 'Calls at a time', value: formatCount(limits.concurrency) },
          { name: 'Requests a minute', value: unlimited(limits.requestsPerMinute) },
          { name: 'Tokens a minute', value: unlimited(limits.tokensPerMinute) },
          { name: 'Round trip', value: formatDuration(rttMs) },
          ...(keys === null
            ? []
            : [
                { name: 'Keys in service', value: `${keys.inService} of ${keys.total}` },
                { name: 'Keys refused', value: formatCount(keys.refused) },
                { name: 'Keys at their limit', value: formatCount(keys.limited) },
              ]),
        ]}
      />
      <ProviderChart provider={id} />
      <section>
        <h3>Models</h3>
        <TargetTable provider={id} targets={targets} onProbe={(target) => probe.mutate(target)} />
      </section>
      <ErrorClasses provider={id} />
    </div>
  );
}

const unlimited = (limit: number | null): string => (limit === null ? 'no limit' : formatCount(limit));
