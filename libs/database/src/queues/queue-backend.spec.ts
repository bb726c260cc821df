import { queuePlace } from './queue-backend';

describe('the place of a queue', () => {
  it('is its prefix on Redis', () => {
    expect(queuePlace('redis', 'short', '{relay:a}')).toEqual({ name: 'short', prefix: '{relay:a}' });
  });

  it('is its name in PostgreSQL, where BullMQ knows no prefix and forbids colons', () => {
    expect(queuePlace('postgres', 'short', '{relay:a}').name).toBe('short@{relay%3Aa}');
  });

  it('differs for prefixes that differ only in what is replaced', () => {
    const names = ['{a:b}', '{a%3Ab}', '{a.b}'].map((prefix) => queuePlace('postgres', 'short', prefix).name);
    expect(new Set(names).size).toBe(3);
  });

  it('is plain without a prefix', () => {
    expect(queuePlace('postgres', 'maintenance').name).toBe('maintenance');
  });
});
