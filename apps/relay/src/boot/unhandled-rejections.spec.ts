import { EventEmitter } from 'node:events';
import { Metrics } from '@relay/trace';
import { goOnAfterRejections } from './unhandled-rejections';

it('a promise that failed unheard is logged with its reason and counted, each time', async () => {
  const [source, metrics, logged] = [new EventEmitter(), new Metrics(), [] as unknown[]];
  goOnAfterRejections(source, { error: (what: unknown) => void logged.push(what) }, metrics);
  const reasons = [new Error('the database is away'), undefined];
  for (const reason of reasons) source.emit('unhandledRejection', reason, Promise.resolve());
  expect(logged).toEqual(reasons.map((err) => ({ err })));
  expect(await metrics.render()).toContain('\nrelay_unhandled_rejections_total 2\n');
});
