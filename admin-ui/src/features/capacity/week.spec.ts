import type { Hour } from './capacity.queries';
import { hoursByPlace, nameOfHour, strengthOf, textOf } from './week';

const hour = (over: Partial<Hour> = {}): Hour => ({
  ...{ weekday: 0, hour: 9, hours: 1, requestsPerSecond: 2, serviceMs: 500, serviceCv: 1, dispersion: 1 },
  ...{ utilisation: 0.25, headroomPerSecond: 6, predictedWaitMs: { mean: 0, p90: 0 } },
  measuredWaitMs: { mean: 10, p90: 400 },
  ...over,
});

describe('hours of the week', () => {
  it('are named as people do, in UTC', () => expect(nameOfHour(hour())).toBe('Sun 09:00 UTC'));

  it('are found by day and hour', () => expect(hoursByPlace([hour()]).get('0 9')?.hours).toBe(1));

  it('are drawn the stronger the nearer they are to their end', () => {
    expect(strengthOf(hour(), 'busy', 1_000)).toBe(0.25);
    expect(strengthOf(hour(), 'wait', 1_000)).toBe(0.4);
    expect(strengthOf(hour(), 'headroom', 1_000)).toBe(0.25);
    expect(strengthOf(hour({ utilisation: 3 }), 'busy', 1_000)).toBe(1);
    expect(strengthOf(hour({ headroomPerSecond: 0, requestsPerSecond: 0 }), 'headroom', 1_000)).toBe(1);
  });

  it('tell the figure in words', () => expect(textOf(hour(), 'busy')).toBe('25 % busy, 2 req/s'));
});
