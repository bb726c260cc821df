import { Page } from '../../components/page';
import { TabBar, useTabs } from '../../components/tab-bar';
import { CapacityTools } from './capacity-tools';
import { ReportTab } from './report-tab';
import { WhatIfTab } from './what-if/what-if-tab';
import './capacity.css';

const TABS = [
  { id: 'report', label: 'Pools and limits' },
  { id: 'what-if', label: 'What if' },
] as const;

export default function CapacityPage() {
  const [tab, setTab] = useTabs('tab', TABS);
  return (
    <Page
      title="Capacity"
      hint="How busy the slots of each provider are, what they could take on top, and which limit is met first"
    >
      <TabBar label="Parts of capacity" tabs={TABS} selected={tab} onSelect={setTab} />
      <div className="capacity-body" role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`}>
        <CapacityTools />
        {tab === 'report' ? <ReportTab /> : <WhatIfTab />}
      </div>
    </Page>
  );
}
