import { aTrace } from '../../test/trace-record.builder';
import { FinishedRequests } from './finished-requests';

/** As many as are remembered for sure. */
const REMEMBERED = 10_000;

describe('finished requests', () => {
  const finished = new FinishedRequests();
  const note = (id: string) => finished.note(aTrace(0, { id }));

  it('are found while they are among the last, and forgotten later', () => {
    for (let n = 0; n < 3 * REMEMBERED; n++) {
      note(`request-${n}`);
      if (n >= REMEMBERED && n % 999 === 0) expect(finished.find(`request-${n - REMEMBERED}`)).toBeDefined();
    }
    expect(finished.find('request-0')).toBeUndefined();
  });

  it('that no model answered are none', () => {
    finished.note(aTrace(0, { id: 'refused', servedModel: null }));
    expect(finished.find('refused')).toBeUndefined();
  });
});
