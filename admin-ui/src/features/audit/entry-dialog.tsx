import { Button, Group } from '@mantine/core';
import { Dialog } from '../../components/dialog';
import { Facts } from '../../components/facts';
import { JsonView } from '../../components/json-view';
import { ClockTime } from '../../components/relative-time';
import { formatUtc } from '../../format/time';
import { readDetail, textOf } from './audit-changes';
import type { AuditEntry } from './audit.queries';
import { ChangeTable } from './change-table';
import { releaseOf } from './policy-release';
import { PolicyReleaseStory } from './policy-release-story';

interface EntryDialogProps {
  readonly entry: AuditEntry;
  readonly onFilter: (filter: Readonly<Record<string, string>>) => void;
  readonly onClose: () => void;
}

/** One entry: what it says, what it changed, and its link in the chain. */
export function EntryDialog({ entry, onFilter, onClose }: EntryDialogProps) {
  const { seq, at, actor, action, target, detail, hash, prevHash } = entry;
  const { changes, facts } = readDetail(detail);
  const release = releaseOf(entry);
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
        {release ? <PolicyReleaseStory {...release} /> : changes.length > 0 ? <ChangeTable changes={changes} /> : null}
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
