import { EVIDENCE_HALF_LIFE_MS, EvidenceBook } from './evidence-book';

const DAY_MS = 86_400_000;

describe('a book of evidence', () => {
  it('counts a verdict at once, and gives the same map until something changes', () => {
    const book = new EvidenceBook();
    expect(book.read(0).size).toBe(0);
    book.add('code large', { weight: 1, sum: 1 }, 0);
    book.add('code large', { weight: 1, sum: 0.5 }, 0);
    const page = book.read(0);
    expect(page.get('code large')).toEqual({ weight: 2, sum: 1.5 });
    expect(book.read(DAY_MS - 1)).toBe(page);
    book.add('chat small', { weight: 1, sum: 0 }, 0);
    expect(book.read(0)).not.toBe(page);
    expect(page.size).toBe(1); // who has it still sees what it saw
  });

  it('takes a verdict back, and no more than there is', () => {
    const book = new EvidenceBook();
    book.add('code large', { weight: 2, sum: 1.25 }, 0);
    book.add('code large', { weight: -1, sum: -1 }, 0);
    expect(book.read(0).get('code large')).toEqual({ weight: 1, sum: 0.25 });
    book.add('code large', { weight: -2, sum: -1 }, 0);
    expect(book.read(0).get('code large')).toEqual({ weight: 0, sum: 0 });
  });

  it('tells what verdicts weigh, signals apart', () => {
    const book = new EvidenceBook();
    book.add('code large', { weight: 4, sum: 2 }, 0);
    book.signal('code large', 1, 0);
    expect(book.verdictsOf('code large', EVIDENCE_HALF_LIFE_MS)).toEqual({ weight: 2, sum: 1 });
    expect(book.verdictsOf('code small', 0)).toEqual({ weight: 0, sum: 0 });
  });

  it('lets evidence fade to a half in 30 days, without moving its mean', () => {
    const book = new EvidenceBook();
    book.add('code large', { weight: 1, sum: 0.75 }, 0);
    const { weight = 0, sum = 0 } = book.read(EVIDENCE_HALF_LIFE_MS).get('code large') ?? {};
    expect(weight).toBeCloseTo(0.5, 6);
    expect(sum / weight).toBeCloseTo(0.75, 6);
  });

  it('brings weights up to date once a day', () => {
    const book = new EvidenceBook();
    book.add('code large', { weight: 1, sum: 1 }, 0);
    const page = book.read(0);
    expect(book.read(DAY_MS).get('code large')?.weight).toBeLessThan(page.get('code large')?.weight ?? 0);
  });

  it('takes automatic signals over every five seconds', () => {
    const book = new EvidenceBook();
    book.add('chat small', { weight: 1, sum: 1 }, 0);
    book.read(0);
    book.signal('chat small', 0, 1_000);
    expect(book.read(4_999).get('chat small')?.weight).toBe(1);
    expect(book.read(5_000).get('chat small')?.weight).toBeCloseTo(1.1, 4);
  });

  it('lets all signals of a task and model weigh no more than one verdict, the latest the most', () => {
    const book = new EvidenceBook();
    for (let n = 0; n < 500; n++) book.signal('chat small', 1, 0);
    for (let n = 0; n < 500; n++) book.signal('chat small', 0, 0);
    const { weight = 0, sum = 1 } = book.read(0).get('chat small') ?? {};
    expect(weight).toBeCloseTo(1, 6);
    expect(sum).toBeLessThan(0.01);
  });

  it('replaces verdicts by what the database says, and keeps the signals', () => {
    const book = new EvidenceBook();
    book.add('code large', { weight: 1, sum: 1 }, 0);
    book.signal('chat small', 1, 0);
    book.replace([['code large', { weight: 3, sum: 2 }]], 0);
    expect(Object.fromEntries(book.read(0))).toEqual({
      'code large': { weight: 3, sum: 2 },
      'chat small': { weight: 0.1, sum: 0.1 },
    });
  });

  it('has room for so many tasks and models, and no more', () => {
    const book = new EvidenceBook();
    for (let n = 0; n < 5_000; n++) book.add(`code m${n}`, { weight: 1, sum: 1 }, 0);
    expect(book.read(0).size).toBe(2_048);
  });
});
