import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAllowed } from '../../../auth/can';
import { QueryView } from '../../../components/query-view';
import { EmptyState } from '../../../components/states';
import { channelsQuery, type AlertChannel } from '../alerts.queries';
import { ChannelRow } from './channel-row';
import { CreateChannelDialog } from './create-channel-dialog';

export function ChannelsTab() {
  const query = useQuery(channelsQuery);
  const [creating, setCreating] = useState(false);
  return (
    <>
      <div className="alerts-tools">
        <p className="soft">Webhooks and Slack. Their addresses and secrets are never shown again.</p>
        <Button
          size="xs"
          leftSection={<IconPlus size={15} />}
          {...useAllowed('manageChannels')}
          onClick={() => setCreating(true)}
        >
          New channel
        </Button>
      </div>
      <QueryView query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState
              title="No channels"
              text="Alerts show in the history only. Add a webhook or Slack to be told."
            />
          ) : (
            <ChannelTable channels={data} />
          )
        }
      </QueryView>
      {creating ? <CreateChannelDialog onClose={() => setCreating(false)} /> : null}
    </>
  );
}

function ChannelTable({ channels }: { readonly channels: readonly AlertChannel[] }) {
  return (
    <div className="table-scroll card" tabIndex={0} role="region" aria-label="Channels of alerts">
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Channel</th>
            <th scope="col">Kind</th>
            <th scope="col">Where to</th>
            <th scope="col">Signed</th>
            <th scope="col">From</th>
            <th scope="col">Test</th>
          </tr>
        </thead>
        <tbody>
          {channels.map((channel) => (
            <ChannelRow key={channel.id} channel={channel} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
