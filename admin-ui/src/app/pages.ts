import {
  IconActivity,
  IconBell,
  IconBuilding,
  IconAdjustmentsHorizontal,
  IconChartHistogram,
  IconCoin,
  IconDatabaseSearch,
  IconGauge,
  IconMessageCode,
  IconHistory,
  IconServer2,
  IconSettings,
  IconShield,
  IconScale,
  IconStack2,
  IconUserCircle,
  type Icon,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { Action } from '../auth/roles';

export const GROUPS = ['Observe', 'Control', 'Build', 'Admin'] as const;

/** A page of the console: one entry here gives it its route, its place in the navigation, its shortcut and its place in the palette. */
export interface PageEntry {
  readonly path: string;
  readonly also?: readonly string[]; // further routes that it answers, with parameters
  readonly label: string;
  readonly group: (typeof GROUPS)[number];
  readonly icon: Icon;
  readonly key: string; // after G
  readonly offNavigation?: boolean; // reached from elsewhere, and from the palette
  readonly needs?: Action; // who sees it; left out: everybody
  readonly load: () => Promise<{ readonly default: ComponentType }>;
}

export const PAGES: readonly PageEntry[] = [
  {
    path: '/',
    label: 'Overview',
    group: 'Observe',
    icon: IconGauge,
    key: 'o',
    load: () => import('../features/overview/overview.page'),
  },
  {
    path: '/traces',
    also: ['/traces/:id'],
    label: 'Traces',
    group: 'Observe',
    icon: IconActivity,
    key: 't',
    load: () => import('../features/traces/traces.page'),
  },
  {
    path: '/queues',
    label: 'Live queues',
    group: 'Observe',
    icon: IconStack2,
    key: 'q',
    needs: 'seeRelay',
    load: () => import('../features/queues/queues.page'),
  },
  {
    path: '/providers',
    also: ['/providers/:id'],
    label: 'Providers',
    group: 'Observe',
    icon: IconServer2,
    key: 'v',
    needs: 'seeRelay',
    load: () => import('../features/providers/providers.page'),
  },
  {
    path: '/capacity',
    label: 'Capacity',
    group: 'Observe',
    icon: IconChartHistogram,
    key: 'y',
    needs: 'seeRelay',
    load: () => import('../features/capacity/capacity.page'),
  },
  {
    path: '/alerts',
    label: 'Alerts',
    group: 'Observe',
    icon: IconBell,
    key: 'a',
    needs: 'seeRelay',
    load: () => import('../features/alerts/alerts.page'),
  },
  {
    path: '/policies',
    label: 'Policies',
    group: 'Control',
    icon: IconAdjustmentsHorizontal,
    key: 'p',
    needs: 'seeRelay',
    load: () => import('../features/policies/policies.page'),
  },
  {
    path: '/cache',
    label: 'Cache',
    group: 'Control',
    icon: IconDatabaseSearch,
    key: 'c',
    load: () => import('../features/cache/cache.page'),
  },
  {
    path: '/cost',
    label: 'Cost & budgets',
    group: 'Control',
    icon: IconCoin,
    key: 'm',
    load: () => import('../features/cost/cost.page'),
  },
  {
    path: '/playground',
    also: ['/playground/replay/:trace'],
    label: 'Playground',
    group: 'Build',
    icon: IconMessageCode,
    key: 'g',
    load: () => import('../features/playground/playground.page'),
  },
  {
    path: '/evaluations',
    label: 'Evaluations',
    group: 'Build',
    icon: IconScale,
    key: 'e',
    load: () => import('../features/evaluations/evaluations.page'),
  },
  {
    path: '/tenants',
    also: ['/tenants/:id'],
    label: 'Tenants & keys',
    group: 'Admin',
    icon: IconBuilding,
    key: 'k',
    load: () => import('../features/tenants/tenants.page'),
  },
  {
    path: '/users',
    label: 'Users & roles',
    group: 'Admin',
    icon: IconShield,
    key: 'u',
    needs: 'manageUsers',
    load: () => import('../features/users/users.page'),
  },
  {
    path: '/audit',
    label: 'Audit log',
    group: 'Admin',
    icon: IconHistory,
    key: 'l',
    needs: 'seeAudit',
    load: () => import('../features/audit/audit.page'),
  },
  {
    path: '/system',
    label: 'System',
    group: 'Admin',
    icon: IconSettings,
    key: 's',
    needs: 'seeRelay',
    load: () => import('../features/system/system.page'),
  },
  {
    path: '/account',
    label: 'Account',
    group: 'Admin',
    icon: IconUserCircle,
    key: 'i',
    offNavigation: true,
    load: () => import('../features/account/account.page'),
  },
];
