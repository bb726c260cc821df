import type { SimulatedAnswer } from '../../domain/simulated-answer';
import type { Usage } from '@relay/protocols';

/** A fixed day, 2025-01-01: the same request gets the same bytes at any time. In s since the epoch. */
const CREATED = 1_735_689_600;

const FINGERPRINT = 'llm-relay-simulator';

/** The answer as the bytes of OpenAI's protocol. */
export class SimulatedWire {
  constructor(
    private readonly answer: SimulatedAnswer,
    private readonly model: string,
  ) {}

  completion(): Buffer {
    const { id, pieces, finishReason, usage } = this.answer;
    const message = { role: 'assistant', content: pieces.join(''), refusal: null };
    const choices = [{ index: 0, message, logprobs: null, finish_reason: finishReason }];
    const head = { id, object: 'chat.completion', created: CREATED, model: this.model };
    return Buffer.from(JSON.stringify({ ...head, choices, usage: usageJson(usage), system_fingerprint: FINGERPRINT }));
  }

  role(): string {
    return this.delta({ role: 'assistant', content: '' }, null);
  }

  piece(index: number): string {
    return this.delta({ content: this.answer.pieces[index] ?? '' }, null);
  }

  finish(): string {
    return this.delta({}, this.answer.finishReason);
  }

  /** What closes the stream. */
  tail(withUsage: boolean): Buffer {
    const usage = withUsage ? this.chunk([], { usage: usageJson(this.answer.usage) }) : '';
    return Buffer.from(`${usage}data: [DONE]\n\n`);
  }

  private delta(delta: Record<string, unknown>, finishReason: string | null): string {
    return this.chunk([{ index: 0, delta, logprobs: null, finish_reason: finishReason }], {});
  }

  private chunk(choices: readonly unknown[], extra: Record<string, unknown>): string {
    const head = { id: this.answer.id, object: 'chat.completion.chunk', created: CREATED, model: this.model };
    return `data: ${JSON.stringify({ ...head, system_fingerprint: FINGERPRINT, choices, ...extra })}\n\n`;
  }
}

function usageJson(usage: Usage): Record<string, number> {
  const { inputTokens, outputTokens } = usage;
  return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
}
