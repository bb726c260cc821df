/** What a cascade's condition can read of an answer, as `answer.<field>`. */
export const ANSWER_FIELDS = {
  text: 'string',
  chars: 'int',
  finishReason: 'string', // "" when the upstream gave none
  isJson: 'bool', // the whole text parses as JSON
  hasToolCalls: 'bool',
  refusal: 'bool', // begins like a refusal
} as const;

export interface AnswerFacts {
  readonly text: string;
  readonly chars: number;
  readonly finishReason: string;
  readonly isJson: boolean;
  readonly hasToolCalls: boolean;
  readonly refusal: boolean;
}

/** Accepted where a cascade names no condition of its own: an answer that says something, whole, and is no refusal. */
export const DEFAULT_ACCEPT =
  '(answer.chars > 0 || answer.hasToolCalls) && !answer.refusal && answer.finishReason != "length"';
