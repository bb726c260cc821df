import { may } from '../../auth/roles';
import { useUser } from '../../auth/use-session';
import { Page } from '../../components/page';
import { TabBar, useTabs } from '../../components/tab-bar';
import { useUrlParam } from '../../state/url-state';
import { BudgetDialog } from './budgets/budget-dialog';
import { BudgetsTab } from './budgets/budgets-tab';
import { ReconcileTab } from './reconcile/reconcile-tab';
import { SpendTab } from './spend/spend-tab';
import './cost.css';

const SPEND = { id: 'spend', label: 'Spend' } as const;
const BUDGETS = { id: 'budgets', label: 'Budgets' } as const;
const INVOICES = { id: 'invoices', label: 'Invoices' } as const;

export default function CostPage() {
  const { role } = useUser();
  const tabs = may(role, 'seeRelay') ? [SPEND, BUDGETS, INVOICES] : [SPEND, BUDGETS];
  const [tab, setTab] = useTabs('tab', tabs);
  const [make, setMake] = useUrlParam('make'); // a page of a tenant leads here
  return (
    <Page title="Cost & budgets" hint="Counted from the traces, to the last digit; days and months are those of UTC">
      <TabBar label="Parts of cost" tabs={tabs} selected={tab} onSelect={setTab} />
      <div className="cost-body" role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`}>
        {tab === 'spend' ? <SpendTab /> : null}
        {tab === 'budgets' ? <BudgetsTab /> : null}
        {tab === 'invoices' ? <ReconcileTab /> : null}
      </div>
      {make === 'budget' && may(role, 'changeBudgets') ? <BudgetDialog onClose={() => setMake(null)} /> : null}
    </Page>
  );
}
