import type { AlertStore, Evaluation, Notifier } from '@relay/alerts';
import type { ConfigStore } from '@relay/config';
import { FakeClock } from '@relay/testing';
import { AlertWatch } from './alert-watch';

it('channels are told every five seconds, also while one of them has not answered', () => {
  const clock = new FakeClock();
  let runs = 0;
  const notifier = {
    run: () => {
      runs++;
      return new Promise<void>(() => undefined); // it hangs
    },
  };
  const watch = new AlertWatch(
    {} as Evaluation,
    notifier as unknown as Notifier,
    {} as AlertStore,
    {} as ConfigStore,
    clock,
  );
  watch.onApplicationBootstrap();
  clock.advance(5_000);
  clock.advance(5_000);
  expect(runs).toBe(2);
  watch.onModuleDestroy();
  clock.advance(60_000);
  expect(runs).toBe(2);
  expect(clock.pending).toBe(0);
});
