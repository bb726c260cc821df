import { alertRuleSchema } from '@relay/contracts';
import { completeRule, type AlertRule } from './rule';
import { nextStep, type OpenAlert, type Step } from './transition';

const MINUTE = 60_000;
const DEFAULTS = { unit: 'share', threshold: 0.1, windowMs: MINUTE, minRequests: 1, by: null } as const;
const rule: AlertRule = completeRule(
  alertRuleSchema.parse({
    id: 'errors',
    kind: 'error-rate',
    forMs: 2 * MINUTE,
    keepMs: 5 * MINUTE,
    repeatMs: 60 * MINUTE,
  }),
  'config',
  DEFAULTS,
);
const pending: OpenAlert = {
  ...{ state: 'pending', since: 0, clearSince: null, toldAt: null, acknowledged: false, returns: 0 },
};
const firing: OpenAlert = { ...pending, state: 'firing', toldAt: 0 };

describe('an alert', () => {
  it('is pending from the threshold on, and fires when it was reached for so long', () => {
    expect(nextStep(rule, null, 0.0999, 0)).toEqual({ kind: 'nothing' });
    expect(nextStep(rule, null, 0.1, 0)).toEqual({ kind: 'open', firing: false });
    expect(nextStep(rule, pending, 0.2, 2 * MINUTE - 1)).toEqual({ kind: 'stay', clearSince: null });
    expect(nextStep(rule, pending, 0.2, 2 * MINUTE)).toEqual({ kind: 'fire' });
  });

  it('fires at once where there is nothing to wait for', () => {
    expect(nextStep({ ...rule, forMs: 0 }, null, 0.1, 0)).toEqual({ kind: 'open', firing: true });
  });

  it('is forgotten if it clears before it fires', () => {
    expect(nextStep(rule, pending, 0.05, MINUTE)).toEqual({ kind: 'drop' });
    expect(nextStep(rule, pending, null, MINUTE)).toEqual({ kind: 'drop' });
  });

  it('is resolved when it was clear, or nothing was asked, for so long', () => {
    expect(nextStep(rule, firing, 0.05, MINUTE)).toEqual({ kind: 'stay', clearSince: MINUTE });
    const clearing = { ...firing, clearSince: MINUTE };
    expect(nextStep(rule, clearing, null, 6 * MINUTE - 1)).toEqual({ kind: 'stay', clearSince: MINUTE });
    expect(nextStep(rule, clearing, null, 6 * MINUTE)).toEqual({ kind: 'resolve' });
  });

  it('goes on while the value hovers below the threshold, and begins anew to be clear after it', () => {
    const clearing = { ...firing, clearSince: MINUTE };
    expect(nextStep(rule, clearing, 0.095, 30 * MINUTE)).toEqual({ kind: 'stay', clearSince: null });
  });

  it('has to be clear twice as long for each time it came back, up to sixteen times', () => {
    const resolvesAfter = (returns: number): number => {
      const clearing = { ...firing, clearSince: 0, returns };
      let minutes = 0;
      while (nextStep(rule, clearing, 0, minutes * MINUTE).kind !== 'resolve') minutes++;
      return minutes;
    };
    expect([0, 1, 2, 4, 99].map(resolvesAfter)).toEqual([5, 10, 20, 80, 80]);
  });

  it('is told again while it fires, unless it was acknowledged', () => {
    expect(nextStep(rule, firing, 0.2, 60 * MINUTE - 1)).toEqual({ kind: 'stay', clearSince: null });
    expect(nextStep(rule, firing, 0.2, 60 * MINUTE)).toEqual({ kind: 'repeat' });
    expect(nextStep(rule, { ...firing, acknowledged: true }, 0.2, 60 * MINUTE).kind).toBe('stay');
  });

  it('is not resolved early by a clock that moved back', () => {
    const clearing = { ...firing, clearSince: 60 * MINUTE };
    expect(nextStep(rule, clearing, 0, 10 * MINUTE)).toEqual({ kind: 'stay', clearSince: 10 * MINUTE });
    expect(nextStep(rule, { ...pending, since: 60 * MINUTE }, 0.2, 10 * MINUTE).kind).toBe('stay');
  });

  it('fires no more than a few times an hour, however fast the value flips', () => {
    const eager = { ...rule, forMs: 0, keepMs: MINUTE };
    let open = null as OpenAlert | null;
    let fired = 0;
    for (let minute = 0; minute < 240; minute++) {
      const now = minute * MINUTE;
      const step: Step = nextStep(eager, open, minute % 3 === 0 ? 1 : 0, now);
      if (step.kind === 'open') open = { ...firing, since: now, toldAt: now, returns: fired++ };
      else if (step.kind === 'resolve') open = null;
      else if (step.kind === 'stay' && open) open = { ...open, clearSince: step.clearSince };
      else if (step.kind === 'repeat' && open) open = { ...open, clearSince: null, toldAt: now };
    }
    expect(fired).toBeLessThan(4);
  });
});
