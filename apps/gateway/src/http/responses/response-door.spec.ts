import type { ConfigStore } from '@relay/config';
import { Cancellation, err, ok, RelayError, type Result } from '@relay/core';
import type { CompletionService, Exchange } from '@relay/pipeline';
import type {
  BackgroundResponses,
  ResponseFollower,
  ResponseKeeper,
  Responses,
  StoredResponse,
} from '@relay/responses';
import type { KeptStream } from './kept-stream';
import { ResponseDoor } from './response-door';

const ASKED = { model: 'small', input: 'Hello' };

describe('the door of /v1/responses', () => {
  let journal: string[];
  let seat: Result<void, RelayError>;
  let limit: RelayError | null;
  let found: () => ReturnType<Responses['expand']>;
  beforeEach(() => {
    found = () => Promise.resolve(ok(null));
    journal = [];
    seat = ok(undefined);
    limit = null;
  });

  const note = (what: string) => () => Promise.resolve(void journal.push(what));
  function create(body: string): Promise<void> {
    const completions: Partial<CompletionService> = {
      complete: note('completed'),
      refuse: (_exchange, { code }) => void journal.push(`refused: ${code}`),
      refuseCounted: (_exchange, { code }) => Promise.resolve(void journal.push(`counted and refused: ${code}`)),
      answer: () => void journal.push('answered'),
      admits: () => limit,
    };
    const responses: Partial<Responses> = {
      expand: () => found().finally(() => void journal.push('expanded')),
    };
    const background: Partial<BackgroundResponses> = {
      orderedBefore: () => Promise.resolve(null),
      order: () => Promise.resolve(ok({} as StoredResponse)).finally(() => void journal.push('ordered')),
    };
    const stream: Partial<KeptStream> = { sendOrdered: note('streamed') };
    const follower: Partial<ResponseFollower> = {
      seated: async (_tenant, work) => (seat.ok ? ok(await work()) : seat),
    };
    const door = new ResponseDoor(
      completions as CompletionService,
      responses as Responses,
      background as BackgroundResponses,
      {} as ResponseKeeper,
      stream as KeptStream,
      follower as ResponseFollower,
      { current: { responses: { store: true } } } as ConfigStore,
    );
    const exchange: Partial<Exchange> = {
      ...{ operation: 'responses', traceId: '0199aaaa-0000-7000-8000-00000000002a', headers: {} },
      ...{ body: Buffer.from(body), principal: { tenant: { id: 'acme' } } as Exchange['principal'] },
      signal: new Cancellation(),
    };
    return door.create(exchange as Exchange);
  }

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['more values than may be parsed', `{"model":"small","input":[${'0,'.repeat(500_001)}0]}`],
    ['deeper levels than may be walked', `{"model":"small","input":${'['.repeat(300)}${']'.repeat(300)}}`],
  ])('leaves a body that is or has %s to whoever refuses it', async (_what, body) => {
    await create(body);
    expect(journal).toEqual(['completed']);
  });

  it.each<[string, object, typeof found, string]>([
    ['asks for what is not to be had', { store: 'yes' }, () => Promise.resolve(ok(null)), 'invalid_request'],
    [
      'goes on from what is not there',
      { previous_response_id: 'resp_1' },
      () => Promise.resolve(err(new RelayError('previous_response_not_found', 'There is none.'))),
      'previous_response_not_found',
    ],
    ['cannot be looked up', {}, () => Promise.reject(new Error('no database')), 'unavailable'],
  ])('counts what %s, as nobody else does', async (_what, fields, lookUp, code) => {
    found = lookUp;
    await create(JSON.stringify({ ...ASKED, ...fields }));
    expect(journal.at(-1)).toBe(`counted and refused: ${code}`);
  });

  it('counts an order once, though it is refused after that', async () => {
    found = () => Promise.reject(new Error('no database'));
    await create(JSON.stringify({ ...ASKED, background: true }));
    expect(journal).toEqual(['expanded', 'refused: unavailable']);
  });

  it('orders what is to be followed once there is a seat', async () => {
    await create(JSON.stringify({ ...ASKED, background: true, stream: true }));
    expect(journal).toEqual(['expanded', 'ordered', 'streamed']);
  });

  it('looks for nothing where a limit is used up', async () => {
    limit = new RelayError('rate_limited', 'Used up.');
    await create(JSON.stringify({ ...ASKED, background: true }));
    expect(journal).toEqual(['refused: rate_limited']);
  });

  it('orders nothing that it then refuses', async () => {
    seat = err(new RelayError('overloaded', 'Too many follow.'));
    await create(JSON.stringify({ ...ASKED, background: true, stream: true }));
    expect(journal).toEqual(['expanded', 'refused: overloaded']);
  });
});
