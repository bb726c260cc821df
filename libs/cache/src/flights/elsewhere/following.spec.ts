import { FakeClock } from '@relay/testing';
import { Flight } from '../../domain/flights/flight';
import type { CachedAnswer } from '../../domain/cached-answer';
import { EntryCodec } from '../../tiers/entry-codec';
import type { FlightChannel } from './flight-channel';
import type { ToFollower } from './flight-messages';
import { Following } from './following';

const FACTS = {
  sourceTraceId: 'trace',
  servedModel: 'model',
  provider: 'provider',
  cache: 'miss',
  entry: null,
  similarity: null,
  degraded: [],
} as const;
const TAIL = Buffer.from('data: [DONE]\n\n');
const HOST = { onClosed: jest.fn(), onTakeover: jest.fn(), onLanded: jest.fn(), onFault: jest.fn() };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Follows a flight of another process, to which nothing arrives; answers are unpacked when `unpack` is called. */
function follow() {
  const clock = new FakeClock();
  const said: string[] = [];
  const flight = new Flight('key', 1_000_000, HOST, null);
  let unpack: (answer: CachedAnswer | undefined) => void = () => undefined;
  const answers = new EntryCodec(null);
  jest.spyOn(answers, 'decode').mockImplementation(() => new Promise((resolve) => (unpack = resolve)));
  const channel = {
    processId: 'here',
    send: (_to: string, _key: string, { type }: { type: string }) => {
      said.push(type);
      return Promise.resolve(type === 'join' ? 1 : 0);
    },
  } as unknown as FlightChannel;
  const cockpit = {
    signal: flight.signal,
    watchedElsewhere: false,
    keepFlying: () => undefined,
    departed: () => undefined,
    onFrames: () => true,
    claim: () => 'mine' as const,
    follow: () => Promise.resolve('mine' as const),
  };
  const tools = { clock, channel, answers, maxAnswerBytes: 1_000_000 };
  const following = new Following('1', { process: 'there', flight: '7' }, flight, cockpit, tools);
  let seq = 0;
  const hear = (message: Record<string, unknown>, payload = Buffer.alloc(0)): void =>
    following.receive({ follow: '1', seq: seq++, ...message } as unknown as ToFollower, payload);
  return { following, flight, said, hear, unpack: (answer?: CachedAnswer) => unpack(answer) };
}

describe('a flight of another process that has landed', () => {
  it('is not lost while its answer is unpacked, though its owner has forgotten who followed', async () => {
    const { following, flight, said, hear, unpack } = follow();
    const lost = jest.spyOn(flight, 'lost');
    hear({ type: 'bytes', of: 'answer', more: false }, Buffer.from('packed'));
    hear({ type: 'bytes', of: 'tail', more: false }, TAIL);
    hear({ type: 'landed', facts: FACTS });
    following.tick();
    hear({ type: 'gone', seq: 0 });
    await turn();
    unpack();
    expect(await following.ended).toMatchObject({ kind: 'landed', tail: TAIL, facts: FACTS });
    expect(lost).not.toHaveBeenCalled();
    expect(said).toEqual(['join']);
  });
});
