import type { JsonObject } from '../json/json-object';
import { begins, call, chunk, goesOn, outputOf, translated, typesOf } from '../../test/response-fixtures';

describe('calls in a stream of chat, told as a response', () => {
  it('keeps parallel calls apart whose pieces come in turns, to the last byte of their arguments', () => {
    const events = translated([
      chunk(begins(0, 'call_a', 'look')),
      chunk(begins(1, 'call_b', 'hear', '{')),
      chunk(goesOn(0, '{"of":')),
      chunk({
        tool_calls: [
          { index: 1, function: { arguments: '"y"' } },
          { index: 0, function: { arguments: '"x"' } },
        ],
      }),
      chunk(goesOn(1, '}')),
      chunk(goesOn(0, '}'), 'tool_calls'),
    ]);
    expect(outputOf(events)).toMatchObject([
      { call_id: 'call_a', name: 'look', arguments: '{"of":"x"}' },
      { call_id: 'call_b', name: 'hear', arguments: '{"y"}' },
    ]);
    const done = events.filter(({ type }) => type === 'response.function_call_arguments.done');
    expect(done.map((event) => [event['output_index'], event['name'], event['arguments']])).toEqual([
      [0, 'look', '{"of":"x"}'],
      [1, 'hear', '{"y"}'],
    ]);
    const said = new Map<unknown, string>();
    for (const event of events.filter(({ type }) => type === 'response.function_call_arguments.delta')) {
      said.set(event['item_id'], (said.get(event['item_id']) ?? '') + String(event['delta']));
    }
    expect([...said.values()].sort()).toEqual(['{"of":"x"}', '{"y"}']);
  });

  it('tells calls apart by their ids where a server gives each the index 0, or none', () => {
    for (const index of [0, undefined]) {
      const piece = (fields: JsonObject): JsonObject => ({ tool_calls: [{ index, ...fields }] });
      const events = translated([
        chunk(piece({ id: 'a', function: { name: 'f', arguments: '1' } })),
        chunk(piece({ id: 'b', function: { name: 'f', arguments: '2' } })),
        chunk(piece({ function: { arguments: '3' } }), 'tool_calls'),
      ]);
      expect(outputOf(events)).toMatchObject([
        { call_id: 'a', arguments: '1' },
        { call_id: 'b', arguments: '23' },
      ]);
    }
  });

  it('announces a call when its name is known, with what was said of its arguments before', () => {
    const events = translated([
      chunk(call(0, { id: 'a', function: { arguments: '{' } })),
      chunk(call(0, { function: { name: 'f', arguments: '}' } }), 'tool_calls'),
    ]);
    expect(events.find(({ type }) => type === 'response.output_item.added')).toMatchObject({ item: { name: 'f' } });
    expect(outputOf(events)).toMatchObject([{ call_id: 'a', name: 'f', arguments: '{}' }]);
  });

  it('has calls of custom tools with their input', () => {
    const events = translated([
      chunk(call(0, { id: 'a', type: 'custom', custom: { name: 'sql', input: 'SEL' } })),
      chunk(call(0, { custom: { input: 'ECT 1' } }), 'tool_calls'),
    ]);
    expect(outputOf(events)).toMatchObject([
      { type: 'custom_tool_call', call_id: 'a', name: 'sql', input: 'SELECT 1' },
    ]);
    expect(typesOf(events)).toContain('response.custom_tool_call_input.done');
  });
});
