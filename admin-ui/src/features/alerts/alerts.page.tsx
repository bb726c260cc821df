import { Page } from '../../components/page';
import { TabBar, useTabs } from '../../components/tab-bar';
import { ChannelsTab } from './channels/channels-tab';
import { HistoryTab } from './history/history-tab';
import { RulesTab } from './rules/rules-tab';
import './alerts.css';

const TABS = [
  { id: 'alerts', label: 'Alerts' },
  { id: 'rules', label: 'Rules' },
  { id: 'channels', label: 'Channels' },
] as const;

export default function AlertsPage() {
  const [tab, setTab] = useTabs('tab', TABS);
  return (
    <Page title="Alerts" hint="What the relay watches itself for, what it found, and whom it tells">
      <TabBar label="Parts of alerts" tabs={TABS} selected={tab} onSelect={setTab} />
      <div className="alerts-body" role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`}>
        {tab === 'alerts' ? <HistoryTab /> : null}
        {tab === 'rules' ? <RulesTab /> : null}
        {tab === 'channels' ? <ChannelsTab /> : null}
      </div>
    </Page>
  );
}
