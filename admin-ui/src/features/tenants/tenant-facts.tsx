import { StatusBadge } from '../../components/status-badge';
import { formatCompact } from '../../format/number';
import type { Tenant } from './tenants.queries';

/** How many texts of a list are shown before the rest is counted. */
const MAX_CHIPS = 12;

export function TenantStatusBadge({ tenant }: { readonly tenant: Tenant }) {
  return tenant.disabledAt === null ? (
    <StatusBadge tone="good" label="active" />
  ) : (
    <StatusBadge tone="bad" label="disabled" />
  );
}

export const SOURCES = { config: 'relay.yaml', database: 'console' } as const;

/** Texts of users as little labels. */
export function Chips({ texts }: { readonly texts: readonly string[] }) {
  if (texts.length === 0) return <span className="soft">none</span>;
  return (
    <span className="chips">
      {texts.slice(0, MAX_CHIPS).map((text) => (
        <span key={text} className="chip foreign">
          {text}
        </span>
      ))}
      {texts.length > MAX_CHIPS ? (
        <span className="soft" title={texts.slice(MAX_CHIPS).join(', ')}>
          and {texts.length - MAX_CHIPS} more
        </span>
      ) : null}
    </span>
  );
}

/** `600 req/min · 40k tok/min · 8 at once`. */
export function limitsText(limits: Tenant['limits']): string {
  const { requestsPerMinute: requests, tokensPerMinute: tokens, concurrency } = limits;
  const said = [
    ...(requests === undefined ? [] : [`${formatCompact(requests)} req/min`]),
    ...(tokens === undefined ? [] : [`${formatCompact(tokens)} tok/min`]),
    ...(concurrency === undefined ? [] : [`${formatCompact(concurrency)} at once`]),
  ];
  return said.join(' · ') || 'none';
}
