import { type CapacityReport, capacityReportSchema, type WhatIfReply, whatIfReplySchema } from '@relay/contracts';
import type { Command } from 'commander';
import { CliError, EXIT_USAGE } from '../cli-error';
import { RelayClient, type RemoteOptions, withRemote } from '../relay-client';
import { table } from '../table';
import { print, printJson } from '../terminal';

const PERCENT = 100;
const MS_PER_SECOND = 1_000;
const MINUTE_SECONDS = 60;

interface Options extends RemoteOptions {
  readonly from?: string;
  readonly to?: string;
  readonly targetWait?: string;
  readonly whatIf?: string;
  readonly json?: boolean;
}

export function addCapacity(parent: Command): void {
  withRemote(
    parent
      .command('capacity')
      .description('how full pools and limits are, which is met when, and what another tenant would change')
      .option('--from <time>', 'as 2026-03-01T00:00:00Z; whole hours, at most 35 days (default: seven days)')
      .option('--to <time>', 'the end of the range (default: now)')
      .option('--target-wait <ms>', 'head room ends where the P90 wait passes it (default: 1000)')
      .option('--what-if <tenant>', 'model=small,rpm=60,in=500,out=200; also burst=4 and usd=500, its budget a month')
      .option('--json', 'print it as JSON'),
  ).action(capacity);
}

async function capacity({ from, to, targetWait, whatIf, json, ...remote }: Options): Promise<void> {
  const range = { from, to, targetWaitMs: targetWait === undefined ? undefined : Number(targetWait) };
  const question = whatIf === undefined ? null : questionOf(whatIf);
  const client = await RelayClient.connect(remote);
  if (question !== null) {
    const reply = await client.post('/api/capacity/what-if', { ...range, ...question }, whatIfReplySchema);
    return json ? printJson(reply) : print(whatIfText(reply));
  }
  const given = Object.entries(range).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, String(value)]],
  );
  const report = await client.get(`/api/capacity?${new URLSearchParams(given).toString()}`, capacityReportSchema);
  return json ? printJson(report) : print(reportText(report));
}

const NAMES: Readonly<Record<string, string>> = {
  ...{ model: 'model', rpm: 'requestsPerMinute', in: 'inputTokens', out: 'outputTokens' },
  ...{ burst: 'burstiness', usd: 'monthlyUsd' },
};

/** What is left out or wrong the relay says. */
function questionOf(text: string): Record<string, string | number> {
  const parts = text.split(',').map((part) => part.split('='));
  return Object.fromEntries(
    parts.map(([key = '', value]) => {
      const name = NAMES[key.trim()];
      if (name === undefined || value === undefined)
        throw new CliError(`--what-if: found "${key}"; allowed: ${Object.keys(NAMES).join('=, ')}=`, EXIT_USAGE);
      return [name, key.trim() === 'model' ? value : Number(value)];
    }),
  );
}

function reportText({ note, pools, forecasts }: CapacityReport): string {
  const pool = table([
    ['slots', 'requests', 'busiest hour', 'busy', 'P90 wait', 'predicted', 'head room', 'pool'],
    ...pools.map(({ id, slots, requests, busiest }) => [
      ...[String(slots), String(requests)],
      ...(busiest === null
        ? ['-', '-', '-', '-', '-']
        : [
            `${DAYS[busiest.weekday]} ${String(busiest.hour).padStart(2, '0')}:00`,
            percent(busiest.utilisation),
            seconds(busiest.measuredWaitMs.p90),
            seconds(busiest.predictedWaitMs.p90),
            `${(busiest.headroomPerSecond * MINUTE_SECONDS).toFixed(1)}/min`,
          ]),
      id,
    ]),
  ]);
  const limits = table([
    ['limit', 'full', 'a week', 'met', 'from', 'to', 'of'],
    ...forecasts.map(({ limit, id, now, max, growthPerWeek, metAt, earliest, latest }) => [
      ...[limit, percent(now / max), growthPerWeek === null ? '-' : percent(growthPerWeek)],
      ...[day(metAt), day(earliest), day(latest), id],
    ]),
  ]);
  return [pool, ...(note === null ? [] : [note]), limits].join('\n\n');
}

function whatIfText({ pools, limits, firstMet, monthlyUsd }: WhatIfReply): string {
  const pool = table([
    ['service', 'busy', 'then', 'P90 wait', 'then', 'pool'],
    ...pools.map(({ id, serviceMs, before, after }) => {
      if (before === null || after === null) return ['-', '-', '-', '-', '-', `${id} (nothing known of this pool yet)`];
      return [
        ...[seconds(serviceMs), percent(before.utilisation), percent(after.utilisation)],
        ...[seconds(before.predictedWaitMs.p90), seconds(after.predictedWaitMs.p90), id],
      ];
    }),
  ]);
  const full = table([
    ['limit', 'full', 'then', 'of'],
    ...limits.map(({ limit, id, before, after, max }) => [limit, percent(before / max), percent(after / max), id]),
  ]);
  const cost = monthlyUsd === null ? 'unknown' : `${monthlyUsd} USD a month`;
  return `${pool}\n\n${full}\n\nfirst met: ${firstMet ?? 'none'}; cost: ${cost}`;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const percent = (share: number): string => `${(share * PERCENT).toFixed(1)}%`;
const seconds = (ms: number | null): string => (ms === null ? 'no end' : `${(ms / MS_PER_SECOND).toFixed(2)} s`);
const day = (time: string | null): string => time?.slice(0, 10) ?? '-';
