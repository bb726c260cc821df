import { Injectable } from '@nestjs/common';
import type { ModelAsker, ModelQuestion } from '@relay/cache';
import { firstChoice, textOf } from '../answer-facts';
import { InternalRequests } from './internal-requests.service';

/** A verdict is a word; models that think aloud get a little room. */
const MAX_TOKENS = 16;
const OK = 200;

/** Lets the cache ask the relay's own models. */
@Injectable()
export class PipelineModelAsker implements ModelAsker {
  constructor(private readonly requests: InternalRequests) {}

  async ask({ origin, model, prompt, purpose, timeoutMs }: ModelQuestion): Promise<string | null> {
    const body = { model, messages: [{ role: 'user', content: prompt }], temperature: 0, max_tokens: MAX_TOKENS };
    const { principal, headers, regions, providers } = origin;
    const within = { regions, providers };
    const reply = await this.requests.ask({ principal, headers, body, purpose, within, deadlineMs: timeoutMs });
    if (!reply.ok || reply.value.status !== OK) return null;
    return textOf(firstChoice('chat', reply.value.body).message?.content) || null;
  }
}
