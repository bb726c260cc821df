import { Injectable } from '@nestjs/common';
import { Admission, Scheduler } from '@relay/scheduler';
import { Metrics } from '@relay/trace';
import { Doorkeeper } from '../door/doorkeeper';

/** Lets the metrics read what became of requests at admission whenever somebody scrapes. */
@Injectable()
export class AdmissionMetrics {
  constructor(
    metrics: Metrics,
    private readonly admission: Admission,
    private readonly scheduler: Scheduler,
    private readonly door: Doorkeeper,
  ) {
    metrics.watch([
      {
        name: 'relay_admission_total',
        help: 'Requests that were to be sent to a pool, by what became of them: admitted as planned or elsewhere, eased, refused',
        type: 'counter',
        label: ['pool', 'outcome'],
        read: () =>
          Object.fromEntries(
            [...this.admission.outcomes()].map((each) => [`${each.pool} ${each.outcome}`, each.count]),
          ),
      },
      {
        name: 'relay_turned_away_total',
        help: 'Requests of a flooding tenant that were refused unread, as the process was busy',
        type: 'counter',
        read: () => ({ '': this.door.turnedAway }),
      },
      {
        name: 'relay_degrading',
        help: '1 while a pool is overloaded for some tenant, so that the ladder of policies is in use',
        type: 'gauge',
        label: 'pool',
        read: () =>
          Object.fromEntries(this.scheduler.snapshot().map(({ id }) => [id, Number(this.admission.isDegrading(id))])),
      },
    ]);
  }
}
