import { UpstreamModel, type ModelCall } from './upstream-model';

const WORK = { arrivesAt: 0, prefillMs: 100, outputTokens: 11 }; // 10 more tokens of 20 ms

describe('UpstreamModel', () => {
  const drain = (model: UpstreamModel): { call: ModelCall; at: number }[] => {
    const ended: { call: ModelCall; at: number }[] = [];
    for (let at = model.nextAt(); at < Infinity; at = model.nextAt()) {
      model.advance(at);
      const call = model.take();
      if (call) ended.push({ call, at });
    }
    return ended;
  };
  const startMany = (model: UpstreamModel, count: number): void => {
    for (let i = 0; i < count; i++) model.start(WORK, 0);
  };

  it('slows down a little while it fills, and shares its pace when it is more than full', () => {
    const times = [1, 100, 200].map((count) => {
      const model = new UpstreamModel(() => 100);
      startMany(model, count);
      return drain(model)[0]?.call.firstTokenAt ?? NaN;
    });
    expect(times[0]).toBeCloseTo(100 * 1.0025);
    expect(times[1]).toBeCloseTo(125);
    expect(times[2]).toBeCloseTo(250);
  });

  it('ends every call, and is idle then', () => {
    const model = new UpstreamModel(() => 10);
    startMany(model, 25);
    const ended = drain(model);
    expect(ended).toHaveLength(25);
    expect(ended[0]?.at).toBeCloseTo(300 * 1.25 * 2.5);
    expect([model.size, model.nextAt()]).toEqual([0, Infinity]);
  });

  it('goes on at half of its pace from the moment when its capacity halves', () => {
    const model = new UpstreamModel((now) => (now < 125 ? 10 : 5));
    startMany(model, 10);
    model.advance(125);
    expect(model.nextAt()).toBeCloseTo(125); // first tokens
    expect(drain(model)[0]?.at).toBeCloseTo(125 + 200 * 1.25 * 2);
  });
});
