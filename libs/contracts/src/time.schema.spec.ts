import { timeSchema } from './time.schema';

const saidOf = (text: string): string | undefined => timeSchema.safeParse(text).error?.issues[0]?.message;

describe('a time of the API', () => {
  it.each(['1970-01-01T00:00:00Z', '2026-11-01T00:00:00+02:00', '9999-12-31T23:59:59.999Z'])('is %s', (text) =>
    expect(timeSchema.parse(text)).toBe(text),
  );

  it.each(['0000-01-01T00:00:00Z', '1969-12-31T23:59:59Z', '9999-12-31T23:59:59-01:00'])(
    'is not %s, which no store could compare with',
    (text) => expect(saidOf(text)).toBe('expected a time from 1970 to 9999, such as 2026-11-01T00:00:00Z'),
  );

  it.each(['2026-11-01', '2026-11-01T00:00:00', 'yesterday', '+010000-01-01T00:00:00Z'])(
    'is not %s, and says what one looks like',
    (text) =>
      expect(saidOf(text)).toMatch(/^expected a time in ISO 8601 with its offset, such as 2026-11-01T00:00:00Z/),
  );
});
