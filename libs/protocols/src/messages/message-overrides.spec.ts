import { messageOverrides } from './message-overrides';

it('says what a policy sets as a message has it, and leaves out what only chat knows', () => {
  const set = { temperature: 0, stop: 'END', presence_penalty: 1, seed: 7, thinking: { type: 'disabled' } };
  expect(messageOverrides(set)).toEqual({ temperature: 0, stop_sequences: ['END'], thinking: { type: 'disabled' } });
  expect(messageOverrides({ stop: ['a', 'b'] })).toEqual({ stop_sequences: ['a', 'b'] });
});
