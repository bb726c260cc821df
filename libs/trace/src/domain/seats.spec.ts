import { Seats } from './seats';

const seatsOf = (): Seats => new Seats({ what: 'live tails', inProcess: 3, perUser: 2 });

describe('places for long connections', () => {
  it('are so many for one user, and so many for all', () => {
    const seats = seatsOf();
    expect(seats.take('a').ok && seats.take('a').ok).toBe(true);
    expect(seats.take('a')).toMatchObject({ ok: false, error: { code: 'rate_limited', status: 429 } });
    expect(seats.take('b').ok).toBe(true);
    expect(seats.take('c')).toMatchObject({ ok: false, error: { code: 'rate_limited' } });
  });

  it('are free again when they were given back, once', () => {
    const seats = seatsOf();
    const first = seats.take('a');
    seats.take('a');
    if (first.ok) {
      first.value();
      first.value();
    }
    expect(seats.take('a').ok).toBe(true);
    expect(seats.take('a').ok).toBe(false);
  });
});
