import { Button, Group } from '@mantine/core';
import { Dialog } from '../../components/dialog';
import { Facts } from '../../components/facts';
import { JsonView } from '../../components/json-view';
import { ClockTime } from '../../components/relative-time';
import { formatUtc } from '../../format/time';
import { readDetail, textOf, type Change } from './audit-changes';
import type { AuditEntry } from './audit.queries';

interface EntryDialogProps {
  readonly entry: AuditEntry;
  readonly onFilter: (filter: Readonly<Record<string, string>>) => void;
  readonly onClose: () => void;
}

/** One entry: what it says, what it changed, and its link in the chain. */
export function EntryDialog({ entry, onFilter, onClose }: EntryDialogProps) {
  const { seq, at, actor, action, target, detail, hash, prevHash } = entry;
  const { changes, facts } = readDetail(detail);
  return (
    <Dialog onClose={onClose} size="xl" title={`Entry ${seq}: ${action}`}>
      <div className="entry-body">
        <Facts
          facts={[
            { name: formatUtc(at), value: <ClockTime at={at} /> },
            { name: 'Actor', value: <span className="foreign">{actor.email || 'nobody'}</span> },
            { name: 'Target', value: <span className="foreign">{target}</span> },
            ...facts.map(({ name, value }) => ({
              name,
              value: <span className="foreign">{textOf(value)}</span>,
            })),
          ]}
        />
        {changes.length > 0 ? <ChangeTable changes={changes} /> : null}
        <JsonView label="Detail" value={detail} />
        <p className="soft foreign">
          Hash <code>{hash}</code>
          <br />
          over itself and <code>{prevHash}</code>
        </p>
        <Group gap="xs">
          <Button variant="default" size="xs" onClick={() => onFilter({ target })}>
            All of this target
          </Button>
          <Button variant="default" size="xs" onClick={() => onFilter({ actor: actor.id })}>
            All by this actor
          </Button>
          <Button variant="default" size="xs" onClick={() => onFilter({ action })}>
            All {action}
          </Button>
        </Group>
      </div>
    </Dialog>
  );
}

function ChangeTable({ changes }: { readonly changes: readonly Change[] }) {
  return (
    <table className="plain-table change-table" aria-label="What was changed">
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ field, from, to }) => (
          <tr key={field}>
            <th scope="row" className="foreign">
              {field}
            </th>
            <td className="mono foreign change-from">{shown(from)}</td>
            <td className="mono foreign change-to">{shown(to)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Characters of a value in the table; the JSON below has all of it. */
const MAX_SHOWN = 2_000;

function shown(value: unknown): string {
  if (value === null || value === undefined) return '–';
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
