import { ActionIcon, Menu, Switch } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDots } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../../api/client';
import { useAllowed } from '../../../auth/can';
import type { Column } from '../../../components/data-table/column';
import { DataTable } from '../../../components/data-table/data-table';
import { StatusBadge } from '../../../components/status-badge';
import { formatDuration } from '../../../format/duration';
import { formatValue, KINDS, scopeText, SEVERITY_TONES } from '../alert-values';
import type { AlertRule } from '../alerts.queries';

export type RuleDeed = 'edit' | 'remove';

interface RuleTableProps {
  readonly rules: readonly AlertRule[];
  readonly onDeed: (deed: RuleDeed, rule: AlertRule) => void;
}

const SOURCES = { config: 'relay.yaml', database: 'console', builtin: 'built in' } as const;

export function RuleTable({ rules, onDeed }: RuleTableProps) {
  const columns: readonly Column<AlertRule>[] = [
    { id: 'enabled', header: 'On', track: '40px', cell: (rule) => <RuleSwitch rule={rule} /> },
    {
      id: 'id',
      header: 'Rule',
      track: 'minmax(110px, 1fr)',
      cell: ({ id }) => <span className="strong foreign">{id}</span>,
    },
    {
      id: 'kind',
      header: 'Measures',
      track: 'minmax(200px, 2.6fr)',
      wide: true,
      cell: ({ kind, by }) => (
        <span title={`${kind}: ${KINDS[kind].text}`}>
          {KINDS[kind].short}
          {by === null ? '' : `, by ${by}`}
        </span>
      ),
    },
    {
      id: 'scope',
      header: 'Of',
      track: 'minmax(70px, 0.7fr)',
      wide: true,
      cell: ({ scope }) =>
        scopeText(scope) === '' ? (
          <span className="soft">all</span>
        ) : (
          <span className="foreign">{scopeText(scope)}</span>
        ),
    },
    {
      id: 'threshold',
      header: 'Threshold',
      track: '110px',
      align: 'end',
      cell: ({ threshold, unit }) => formatValue(threshold, unit),
    },
    {
      id: 'window',
      header: 'Window',
      track: '84px',
      align: 'end',
      wide: true,
      cell: ({ windowMs }) => formatDuration(windowMs),
    },
    {
      id: 'severity',
      header: 'Severity',
      track: '84px',
      wide: true,
      cell: ({ severity }) => <StatusBadge tone={SEVERITY_TONES[severity]} label={severity} />,
    },
    {
      id: 'channels',
      header: 'Tells',
      track: 'minmax(70px, 0.7fr)',
      wide: true,
      cell: ({ channels }) =>
        channels.length === 0 ? (
          <span className="soft">nobody</span>
        ) : (
          <span className="foreign">{channels.join(', ')}</span>
        ),
    },
    { id: 'source', header: 'From', track: '76px', wide: true, cell: ({ source }) => SOURCES[source] },
    { id: 'actions', header: '', track: '28px', cell: (rule) => <RuleMenu rule={rule} onDeed={onDeed} /> },
  ];
  return <DataTable label="Rules" rows={rules} columns={columns} rowKey={({ id }) => id} height={18} />;
}

/** Why nothing of a rule can be changed here, for titles. */
function useRuleAllowed({ source }: AlertRule): { readonly disabled: boolean; readonly title?: string } {
  const allowed = useAllowed('manageAlerts');
  return source === 'config' ? { disabled: true, title: 'It is written in relay.yaml; change it there.' } : allowed;
}

function RuleSwitch({ rule }: { readonly rule: AlertRule }) {
  const allowed = useRuleAllowed(rule);
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (enabled: boolean) =>
      dataOf(api.PATCH('/api/alerts/rules/{id}', { params: { path: { id: rule.id } }, body: { enabled } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['alerts'] }),
    onError: ({ message }) => notifications.show({ color: 'red', title: 'Not changed', message }),
  });
  return (
    <Switch
      size="xs"
      aria-label={`${rule.id} is on`}
      checked={change.isPending ? change.variables : rule.enabled}
      {...allowed}
      onChange={(event) => change.mutate(event.currentTarget.checked)}
    />
  );
}

function RuleMenu({ rule, onDeed }: { readonly rule: AlertRule; readonly onDeed: RuleTableProps['onDeed'] }) {
  const allowed = useRuleAllowed(rule);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={24}
          aria-label={`What can be done with ${rule.id}`}
          {...allowed}
        >
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onDeed('edit', rule)}>Edit…</Menu.Item>
        <Menu.Item
          color="red"
          disabled={rule.source === 'builtin'}
          title={rule.source === 'builtin' ? 'A built-in rule can be switched off, not removed.' : undefined}
          onClick={() => onDeed('remove', rule)}
        >
          Remove…
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
