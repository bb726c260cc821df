import type { Goal, Section } from '../../offline/offline-scenario';
import { type FaultRun, type Period, SERVICE, SLOTS } from './measure';

const WANTED_BACK_MS = 15_000;

function cells({ name, seconds, servedPerSecond, failures, totalP99, idleShare, most }: Period): string[] {
  const told = Object.entries(failures).map(([kind, count]) => `${count} x ${kind}`);
  return [
    ...[name, seconds.toFixed(1), servedPerSecond.toFixed(1), told.length > 0 ? told.join(', ') : 'none'],
    ...[Number.isNaN(totalP99) ? '-' : totalP99.toFixed(0), `${(idleShare * 100).toFixed(1)}%`, String(most)],
  ];
}

export function faultSection({ title, note, periods, left, slotsBackMs, kills, ...run }: FaultRun): Section {
  const ends = left.map(({ limit, inUse, waiting }) => `${limit} slots, ${inUse} in use, ${waiting} waiting`);
  const dead = `${run.lostWithTheDead} requests got no answer from the dead gateway; the survivor had all slots after ${slotsBackMs === null ? '-' : (slotsBackMs / 1_000).toFixed(1)} s.`;
  return {
    title,
    notes: [
      `${note} ${SLOTS} slots, ${(SLOTS * 1_000) / SERVICE.latency} calls a second. Figures are those of the gateways that go on.`,
      `At the end: ${ends.join('; ')}. ${kills ? dead : ''}`.trim(),
    ],
    table: [['', 's', 'served/s', 'failures', 'P99 ms', 'idle slots', 'most at a time'], ...periods.map(cells)],
  };
}

export function faultGoals({ title, kills, slotsBackMs, lost, clean, periods }: FaultRun): Goal[] {
  const most = Math.max(...periods.map((period) => period.most));
  return [
    { name: `${title}: requests to other gateways without an answer`, value: lost, wanted: 0, better: 'lower' },
    { name: `${title}: calls above the slots, at most`, value: Math.max(0, most - SLOTS), wanted: 0, better: 'lower' },
    { name: `${title}: gateways with slots or tickets left over`, value: clean ? 0 : 1, wanted: 0, better: 'lower' },
    ...(kills
      ? [
          {
            name: `${title}: ms until all slots are back`,
            value: slotsBackMs ?? NaN,
            wanted: WANTED_BACK_MS,
            better: 'lower' as const,
          },
        ]
      : []),
  ];
}

export const faultWarnings = ({ title, clean, kills, slotsBackMs }: FaultRun): string[] => [
  ...(clean ? [] : [`${title}: something is left over`]),
  ...(kills && slotsBackMs === null ? [`${title}: the slots did not come back`] : []),
];
