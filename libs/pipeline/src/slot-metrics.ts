import { Injectable } from '@nestjs/common';
import { type PoolSnapshot, Scheduler } from '@relay/scheduler';
import { Metrics, type WatchedFamily } from '@relay/trace';

/** Values by labels, with a space between those of one series; providers' names have none. */
type Series = readonly (readonly [labels: string, value: number])[];

interface OfPools {
  readonly type?: WatchedFamily['type'];
  readonly label: readonly string[];
  readonly series: (pool: PoolSnapshot) => Series;
}

/** Lets the metrics read the scheduler's pools whenever somebody scrapes. */
@Injectable()
export class SlotMetrics {
  constructor(
    private readonly scheduler: Scheduler,
    metrics: Metrics,
  ) {
    metrics.watchSlots(() =>
      scheduler.snapshot().map(({ id, inUse, limit, waiting }) => ({
        pool: id,
        inUse,
        capacity: limit,
        waiting: waiting.short + waiting.long,
      })),
    );
    metrics.watch([...this.ofLimits(), ...this.ofLine(), this.ofLedger()]);
  }

  private ofLimits(): WatchedFamily[] {
    return [
      this.ofPools('relay_slots_limit', 'Slots of all processes together, and what it is that allows no more', {
        label: ['pool', 'limited_by'],
        series: ({ id, poolLimit, limitedBy }) => [[`${id} ${limitedBy}`, poolLimit]],
      }),
      this.ofPools('relay_slots_configured', 'Slots of all processes together, as configured', {
        label: ['pool'],
        series: ({ id, configured }) => [[id, configured]],
      }),
      this.ofPools('relay_slots_held_models', 'Models that are not called until their rate limit is renewed', {
        label: ['pool'],
        series: ({ id, held }) => [[id, held.length]],
      }),
      this.ofPools('relay_pool_limit_lowered_total', 'How often this process lowered the limit, by reason', {
        type: 'counter',
        label: ['pool', 'reason'],
        series: ({ id, lowered }) => by(id, lowered),
      }),
    ];
  }

  private ofLine(): WatchedFamily[] {
    return [
      this.ofPools('relay_requests_waiting_by_class', 'Requests that wait for a slot, by class', {
        label: ['pool', 'class'],
        series: ({ id, waiting }) => by(id, waiting),
      }),
      this.ofPools('relay_requests_waiting_by_level', 'Requests that wait for a slot, by service level', {
        label: ['pool', 'level'],
        series: ({ id, waitingByLevel }) => by(id, waitingByLevel),
      }),
      this.ofPools('relay_queue_refused_total', 'Requests refused by the line, at its end or while they waited', {
        type: 'counter',
        label: ['pool', 'reason'],
        series: ({ id, refused }) => by(id, refused),
      }),
    ];
  }

  private ofLedger(): WatchedFamily {
    return {
      name: 'relay_slot_ledger_up',
      help: '1 while the processes share their slots, 0 while each goes by its own part of the limits',
      type: 'gauge',
      read: () => ({ '': this.scheduler.ledgerUp ? 1 : 0 }),
    };
  }

  private ofPools(name: string, help: string, { type = 'gauge', label, series }: OfPools): WatchedFamily {
    const read = () => Object.fromEntries(this.scheduler.snapshot().flatMap(series));
    return { name, help, type, label, read };
  }
}

const by = (id: string, counts: Readonly<Record<string, number>>): Series =>
  Object.entries(counts).map(([name, count]) => [`${id} ${name}`, count]);
