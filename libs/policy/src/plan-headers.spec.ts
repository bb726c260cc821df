import { parsePlanHeaders } from './plan-headers';

const refusalOf = (headers: Parameters<typeof parsePlanHeaders>[0]) => {
  const parsed = parsePlanHeaders(headers);
  if (parsed.ok) throw new Error('was accepted');
  return parsed.error;
};

describe('headers that shape a plan', () => {
  it('may all be absent or empty', () => {
    expect(parsePlanHeaders({ 'x-relay-priority': '', host: 'x' })).toEqual({ ok: true, value: { tags: [] } });
  });

  it('are read', () => {
    const headers = {
      'x-relay-priority': 'Batch',
      'x-relay-deadline-ms': ' 1500 ',
      'x-relay-tags': ['b, a', 'a,,c'],
      'x-relay-user': 'u-1',
    };
    expect(parsePlanHeaders(headers)).toEqual({
      ok: true,
      value: { priority: 'batch', deadlineMs: 1500, tags: ['a', 'b', 'c'], user: 'u-1' },
    });
  });

  it.each(['0', '-1', '1.5', '1e3', 'soon', '3600001', '99999999999'])('refuse the deadline %s', (value) => {
    const error = refusalOf({ 'x-relay-deadline-ms': value });
    expect(error).toMatchObject({ code: 'invalid_request', param: 'x-relay-deadline-ms' });
    expect(error.message).toContain('from 1 to 3600000');
  });

  it('refuse an unknown priority and name the known ones', () => {
    const error = refusalOf({ 'x-relay-priority': 'urgent' });
    expect(error).toMatchObject({ code: 'invalid_request', param: 'x-relay-priority' });
    expect(error.message).toContain('interactive, standard, batch');
  });

  it('refuse more than 16 tags, tags of more than 64 characters and users of more than 256', () => {
    const many = Array.from({ length: 17 }, (_, i) => `t${i}`);
    expect(refusalOf({ 'x-relay-tags': many.join(',') }).param).toBe('x-relay-tags');
    expect(parsePlanHeaders({ 'x-relay-tags': many.slice(1).join(',') }).ok).toBe(true);
    expect(refusalOf({ 'x-relay-tags': 'x'.repeat(65) }).param).toBe('x-relay-tags');
    expect(refusalOf({ 'x-relay-user': 'x'.repeat(257) }).param).toBe('x-relay-user');
  });
});
