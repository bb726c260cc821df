import { Environment } from '@marcbachmann/cel-js';
import type { Result } from '@relay/core';
import { ANSWER_FIELDS, type AnswerFacts } from '../domain/answer-facts';
import { registerLinearMatch } from './linear-match';
import { compileCondition, type ConditionProblem } from './compile-condition';

class AnswerView {
  constructor(private readonly facts: AnswerFacts) {}

  get text(): string {
    return this.facts.text;
  }
  get chars(): bigint {
    return BigInt(this.facts.chars);
  }
  get finishReason(): string {
    return this.facts.finishReason;
  }
  get isJson(): boolean {
    return this.facts.isJson;
  }
  get hasToolCalls(): boolean {
    return this.facts.hasToolCalls;
  }
  get refusal(): boolean {
    return this.facts.refusal;
  }
}

const MAX_NODES = 200; // of one condition
const MAX_DEPTH = 20; // of nesting

/** CEL over `answer` alone: whether a cascade takes an answer. What it gives back throws when an answer makes it fail. */
export function compileAccept(text: string): Result<(answer: AnswerFacts) => boolean, ConditionProblem> {
  const environment = new Environment({ limits: { maxAstNodes: MAX_NODES, maxDepth: MAX_DEPTH } });
  environment.registerType('Relay_answer', { ctor: AnswerView, fields: { ...ANSWER_FIELDS } });
  environment.registerVariable('answer', 'Relay_answer');
  registerLinearMatch(environment);
  const compiled = compileCondition(environment, text, { answer: Object.keys(ANSWER_FIELDS) });
  if (!compiled.ok) return compiled;
  return { ok: true, value: (answer) => compiled.value({ answer: new AnswerView(answer) }) };
}
