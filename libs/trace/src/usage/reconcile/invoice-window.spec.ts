import { invoiceWindow, linesWithin } from './invoice-window';

const line = (day: string | null) => ({
  ...{ day, model: null, requests: null, inputTokens: null, outputTokens: null, usd: 1n },
});
const iso = (window: ReturnType<typeof invoiceWindow>) =>
  window.ok ? [window.value.from, window.value.to].map((time) => new Date(time).toISOString()) : window.error.message;

describe('the window of an invoice', () => {
  it('is that of the days of the file, where nothing is asked', () => {
    expect(iso(invoiceWindow({}, ['2026-03-09', null, '2026-03-02'].map(line)))).toEqual([
      '2026-03-02T00:00:00.000Z',
      '2026-03-10T00:00:00.000Z',
    ]);
    expect(iso(invoiceWindow({ from: '2026-03-04T00:00:00Z' }, [line('2026-03-09')]))).toEqual([
      '2026-03-04T00:00:00.000Z',
      '2026-03-10T00:00:00.000Z',
    ]);
    expect(iso(invoiceWindow({}, [line(null)]))).toContain('the file names no days');
  });

  it('is rounded out to whole days in UTC, wherever its times are from', () => {
    const asked = { from: '2026-03-02T01:00:00+02:00', to: '2026-03-03T10:00:00Z' };
    expect(iso(invoiceWindow(asked, []))).toEqual(['2026-03-01T00:00:00.000Z', '2026-03-04T00:00:00.000Z']);
  });

  it.each([
    ['2026-03-02T00:00:00Z', '2026-03-02T00:00:00Z'],
    ['2026-03-03T00:00:00Z', '2026-03-02T00:00:00Z'],
    ['2025-01-01T00:00:00Z', '2026-03-02T00:00:00Z'],
  ])('is refused from %s to %s', (from, to) => {
    expect(invoiceWindow({ from, to }, [])).toMatchObject({ ok: false, error: { param: 'from' } });
  });

  it('refuses a file of other days: nothing would differ, as nothing would be compared', () => {
    const march = { from: Date.UTC(2026, 2, 1), to: Date.UTC(2026, 3, 1) };
    const lines = ['2026-02-01', '2026-02-28'].map(line);
    const refused = linesWithin(march, lines);
    expect(refused).toMatchObject({ ok: false, error: { param: 'csv' } });
    expect(!refused.ok && refused.error.message).toContain('all 2 lines are of 2026-02-01 to 2026-02-28');
    expect(linesWithin(march, [...lines, line('2026-03-31')])).toMatchObject({
      ok: true,
      value: [{ day: '2026-03-31' }],
    });
    expect(linesWithin(march, [line(null)])).toMatchObject({ ok: true, value: [{}] });
  });
});
