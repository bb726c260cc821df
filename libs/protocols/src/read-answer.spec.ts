import type { Operation } from '@relay/contracts';
import { openaiDialect } from './chat/chat-dialect';
import type { JsonObject } from './json/json-object';
import { readAnswer } from './read-answer';

const read = (operation: Operation, answer: JsonObject): unknown => readAnswer(operation, answer, openaiDialect);

describe('what is read as a whole answer', () => {
  it.each<[Operation, JsonObject]>([
    ['chat', { choices: [{ message: { content: 'Hi' } }] }],
    ['chat', { choices: [{ message: { content: null, tool_calls: [] } }] }],
    ['completions', { choices: [{ text: '' }] }],
    ['messages', { type: 'message', content: [] }],
    ['responses', { status: 'queued', output: [] }],
    ['embeddings', { data: [] }],
    ['moderations', { results: [] }],
    ['images.generations', { data: [] }],
    ['images.edits', { data: [] }],
    ['images.variations', { data: [] }],
    ['audio.transcriptions', { text: 'Hi' }],
    ['audio.translations', { segments: [] }],
  ])('of %s needs no more than what it says: %j', (operation, answer) => {
    expect(read(operation, answer)).toMatchObject({ usage: null });
  });

  it.each<[Operation, readonly JsonObject[]]>([
    ['chat', [{ choices: [] }, { choices: {} }, { choices: [null, { text: 'x' }] }, { choices: [{ message: 'x' }] }]],
    ['completions', [{ choices: [] }, { choices: 'x' }, { choices: [{ message: { content: 'x' } }] }]],
    ['messages', [{ type: 'message' }, { content: [] }, { type: 'message', content: 'x' }, { type: 'completion' }]],
    ['responses', [{ output: [] }, { status: 'completed' }, { status: 'failed', output: [] }]],
    ['embeddings', [{ data: {} }, { embedding: [0] }]],
    ['moderations', [{ results: null }, { data: [] }]],
    ['images.generations', [{ data: 'x' }]],
    ['images.edits', [{ created: 1 }]],
    ['images.variations', [{ results: [] }]],
    ['audio.transcriptions', []],
  ])('of %s is nothing that says none, nor an error', (operation, others) => {
    const error = { error: { message: 'x' } };
    const empty = operation.startsWith('audio') ? [] : [{}];
    for (const other of [...others, ...empty, error]) expect([other, read(operation, other)]).toEqual([other, null]);
  });
});
