import type { JsonObject } from '@relay/protocols';
import { expandInput, itemsBefore, referencesOf } from './conversation';
import type { StoredResponse } from './stored-response';

const NONE: ReadonlyMap<string, JsonObject> = new Map();
const CALL = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'weather', arguments: '{}' };
const TEXT = { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'It rains' }] };
const SEARCH = { type: 'web_search_call', id: 'ws_1', status: 'completed' };

const response = (id: string, input: unknown, output: JsonObject[]): StoredResponse => ({
  ...{ id, status: 'completed', background: false, previousId: null },
  asked: { model: 'small', input },
  answer: { id, output },
});

/** The items that an upstream is told. */
function told(conversation: StoredResponse[], input: unknown, referenced = NONE): readonly JsonObject[] {
  const expanded = expandInput(conversation, input, referenced);
  if (!expanded.ok) throw expanded.error;
  return expanded.value.items;
}

describe('the input of a request that goes on from another', () => {
  it('begins with all that was asked and answered before, oldest first', () => {
    const conversation = [
      response('resp_1', 'Weather?', [CALL]),
      response('resp_2', [{ type: 'function_call_output', call_id: 'call_1', output: 'rain' }], [TEXT]),
    ];
    expect(told(conversation, 'Where?').map(({ type }) => type)).toEqual([
      ...['message', 'function_call', 'function_call_output', 'message', 'message'],
    ]);
    expect(told(conversation, 'Where?').at(-1)).toMatchObject({ role: 'user', content: 'Where?' });
  });

  it('names no ids that only the maker of an item would know, where the item is whole without', () => {
    const [, call, text, search] = told([response('resp_1', 'x', [CALL, TEXT, SEARCH])], 'y');
    expect(call).not.toHaveProperty('id');
    expect(call).toMatchObject({ call_id: 'call_1', arguments: '{}' });
    expect(text).not.toHaveProperty('id');
    expect(search).toEqual(SEARCH);
  });

  it.each([
    ['only its maker kept', { type: 'reasoning', id: 'rs_1', summary: [] }, false],
    ['is told encrypted', { type: 'reasoning', id: 'rs_1', encrypted_content: 'abc' }, true],
    [
      'is told in plain text',
      { type: 'reasoning', id: 'rs_1', content: [{ type: 'reasoning_text', text: 'a' }] },
      true,
    ],
  ])('holds reasoning unless what it was %s', (_what, reasoning, isTold) => {
    const types = told([response('resp_1', 'x', [reasoning, TEXT])], 'y').map(({ type }) => type);
    expect(types.includes('reasoning')).toBe(isTold);
  });

  it('adds nothing where there is no input', () => {
    expect(told([response('resp_1', 'x', [TEXT])], undefined)).toHaveLength(2);
  });
});

describe('references to items', () => {
  const reference = { type: 'item_reference', id: 'msg_1' };

  it('are replaced by what they name, also where the type is left out', () => {
    const referenced = new Map([['msg_1', TEXT]]);
    const { id: _id, ...whole } = TEXT;
    expect(told([], [reference], referenced)).toEqual([whole]);
    expect(told([], [{ id: 'msg_1' }], referenced)).toEqual([whole]);
    expect(referencesOf([reference, { role: 'user', content: 'x', id: 'msg_2' }, { id: 'msg_3' }])).toEqual([
      ...['msg_1', 'msg_3'],
    ]);
  });

  it('stay out where the conversation holds the item already', () => {
    expect(told([response('resp_1', 'x', [TEXT])], [reference, { role: 'user', content: 'y' }])).toHaveLength(3);
  });

  it('to nothing are refused', () => {
    expect(expandInput([], [reference], NONE)).toMatchObject({
      error: { code: 'invalid_request', message: "Item with id 'msg_1' not found.", param: 'input' },
    });
  });

  it('are kept as what they name, so that later turns find it', () => {
    const expanded = expandInput([], [reference, { role: 'user', content: 'y' }], new Map([['msg_1', TEXT]]));
    expect(expanded).toMatchObject({ value: { own: [TEXT, { role: 'user', content: 'y' }] } });
  });
});

describe('the items that a response was made from', () => {
  it('are those of its conversation and its own, without its answer, each with an id that stays the same', () => {
    const conversation = [
      response('resp_1', 'Hello', [TEXT]),
      response(
        'resp_2',
        [
          { role: 'user', content: 'And?' },
          { type: 'function_call_output', output: '1' },
        ],
        [CALL],
      ),
    ];
    const items = itemsBefore(conversation);
    expect(items.map(({ id }) => id)).toEqual(['msg_10', 'msg_1', 'msg_20', 'fco_21']);
    expect(items[0]).toMatchObject({ role: 'user', content: [{ type: 'input_text', text: 'Hello' }] });
    expect(itemsBefore(conversation)).toEqual(items);
  });
});
