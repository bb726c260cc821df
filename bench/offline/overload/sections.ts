import type { Section } from '../offline-scenario';
import type { LoadRow, OverloadResults, PoliteRow, TenantRow } from './results';
import { SHORT, type ShortRow } from './short-deadlines';
import type { WaitRow } from './wait-figures';

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
const seconds = (ms: number): string => (ms / 1_000).toFixed(1);

export const sectionsOf = ({ loads, waits, tenants, polite, short }: OverloadResults): Section[] => [
  loadSection(loads),
  waitSection(waits),
  tenantSection(tenants),
  politeSection(polite),
  shortSection(short),
];

const loadSection = (rows: readonly LoadRow[]): Section => ({
  title: 'Load',
  notes: [
    'Recorded chats of eight tenants, 16 slots, deadlines from 20 to 120 s. Good: answered in full by the deadline; output tokens of these. At entry, waiting, late: refused at once, ' +
      'still waiting at the deadline, begun but not done by then. Wasted: share of the busy time of the slots that went into these. ' +
      'Clients leave at their deadline; FIFO, unnoticed does not see it and serves them all the same. Without prediction: the scheduler alone refuses who could not begin in time. FIFO, admission: refuses by mean service time and length of the queue.',
  ],
  table: [
    ['load, scheduler', 'good/s', 'tokens/s', 'good', 'at entry', 'waiting', 'late', 'wasted', 'wait P99 s'],
    ...rows.map(({ load, scheduler, figures }) => [
      `${load}x, ${scheduler}`,
      figures.goodput.toFixed(3),
      figures.goodTokens.toFixed(0),
      percent(figures.served),
      percent(figures.refusedAtEntry),
      percent(figures.leftWaiting),
      percent(figures.late),
      percent(figures.wasted),
      seconds(figures.waitP99Ms),
    ]),
  ],
});

const waitSection = (rows: readonly WaitRow[]): Section => ({
  title: 'Expected and real waits',
  notes: [
    'Of requests that admission let in and that found no slot free, at twice the load: what it expected, what came of it, in s, and the share that waited no longer than expected.',
  ],
  table: [
    ['tenant', 'demand', 'waits', 'expected P50', 'P90', 'real P50', 'P90', 'no longer'],
    ...rows.map(({ tenant, demand, waits, expectedMs, realMs, noLonger }) => [
      tenant,
      demand.toFixed(2),
      String(waits),
      ...[expectedMs.p50, expectedMs.p90, realMs.p50, realMs.p90].map(seconds),
      percent(noLonger),
    ]),
  ],
});

const tenantSection = (rows: readonly TenantRow[]): Section => ({
  title: 'Who is refused, at twice the load',
  notes: ['Demand: what a tenant asks for, over an eighth of what the slots can do.'],
  table: [
    ['tenant, scheduler', 'demand', 'good', 'refused'],
    ...rows.map(({ scheduler, figures: { tenant, demand, served, refused } }) => [
      `${tenant}, ${scheduler}`,
      demand.toFixed(2),
      percent(served),
      percent(refused),
    ]),
  ],
});

const politeSection = (rows: readonly PoliteRow[]): Section => ({
  title: 'Clients that come again after Retry-After',
  notes: [
    'Every tenth client does, up to ten times, each time with as much time until its deadline as at first. Within: of tenants that ask for no more than their share. Tries are of those that were served.',
  ],
  table: [
    ['load, of', 'clients', 'served', 'at once', 'gave up', 'tries P50', 'tries P99'],
    ...rows.flatMap(({ load, figures }) =>
      Object.entries(figures).map(([who, { clients, served, servedAtOnce, gaveUp, triesP50, triesP99 }]) => [
        `${load}x, ${who}`,
        String(clients),
        percent(served),
        percent(servedAtOnce),
        percent(gaveUp),
        String(triesP50),
        String(triesP99),
      ]),
    ),
  ],
});

const shortSection = (rows: readonly ShortRow[]): Section => ({
  title: 'Short deadlines',
  notes: [
    `One tenant, ${SHORT.slots} slots, calls of ${SHORT.callMs} ms (evenly ${1 - SHORT.jitter} to ${1 + SHORT.jitter} times that), ${SHORT.deadlineMs} ms for each request: the load of \`overload-http\`, without processes and sockets. Refused late: of the refusals, those that came after a wait. Late: of those that were let in, those that were not answered in time.`,
  ],
  table: [
    ['load', 'in time/s', 'refused/s', 'refused late', 'late', 'wait P99 s'],
    ...rows.map(({ load, inTimePerSecond, refusedPerSecond, refusedLate, late, waitP99Ms }) => [
      `${load}x`,
      inTimePerSecond.toFixed(2),
      refusedPerSecond.toFixed(2),
      percent(refusedLate),
      percent(late),
      seconds(waitP99Ms),
    ]),
  ],
});
