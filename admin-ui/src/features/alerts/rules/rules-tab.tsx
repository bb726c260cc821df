import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAllowed } from '../../../auth/can';
import { QueryView } from '../../../components/query-view';
import { EmptyState } from '../../../components/states';
import { rulesQuery, type AlertRule } from '../alerts.queries';
import { RemoveRuleDialog } from './remove-rule-dialog';
import { RuleDialog } from './rule-dialog';
import { RuleTable, type RuleDeed } from './rule-table';

type Open = { readonly deed: RuleDeed; readonly rule: AlertRule } | { readonly deed: 'create' } | null;

export function RulesTab() {
  const query = useQuery(rulesQuery);
  const [open, setOpen] = useState<Open>(null);
  const close = (): void => setOpen(null);
  return (
    <>
      <div className="alerts-tools">
        <p className="soft">
          Looked at once a minute. Built-in rules can be changed; those of relay.yaml are changed there.
        </p>
        <Button
          size="xs"
          leftSection={<IconPlus size={15} />}
          {...useAllowed('manageAlerts')}
          onClick={() => setOpen({ deed: 'create' })}
        >
          New rule
        </Button>
      </div>
      <QueryView query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState title="No rules" text="alerts.builtin of relay.yaml is off, and nobody made any." />
          ) : (
            <RuleTable rules={data} onDeed={(deed, rule) => setOpen({ deed, rule })} />
          )
        }
      </QueryView>
      {open?.deed === 'create' ? <RuleDialog rule={null} onClose={close} /> : null}
      {open?.deed === 'edit' ? <RuleDialog rule={open.rule} onClose={close} /> : null}
      {open?.deed === 'remove' ? <RemoveRuleDialog rule={open.rule} onClose={close} /> : null}
    </>
  );
}
