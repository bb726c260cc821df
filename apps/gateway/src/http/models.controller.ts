import { Injectable } from '@nestjs/common';
import type { ModelConfig } from '@relay/config';
import type { PriceInForceView } from '@relay/contracts';
import { RelayError, type Principal } from '@relay/core';
import { CompletionService } from '@relay/pipeline';
import { Prices, ProviderRegistry } from '@relay/providers';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { anthropicModel, anthropicModels } from './anthropic-models';
import { requireArrival } from './arrival';

interface ModelView {
  readonly id: string;
  readonly object: 'model';
  readonly created: number; // seconds since the epoch; the relay does not know when a model was made
  readonly owned_by: string;
  /** What its first target costs that has a price; absent where none has. */
  readonly price?: Pick<PriceInForceView, 'version' | 'price'>;
}

/** Names that mean "the policy chooses". */
const AUTO_MODELS = ['auto', 'auto:cheap', 'auto:fast', 'auto:best'];

/** `GET /v1/models` and `GET /v1/models/{id}`: what the calling key may use, in OpenAI's shape or Anthropic's. */
@Injectable()
export class ModelsController {
  constructor(
    private readonly providers: ProviderRegistry,
    private readonly completions: CompletionService,
    private readonly prices: Prices,
  ) {}

  list(request: FastifyRequest, reply: FastifyReply): void {
    this.answer(request, reply, (principal) => {
      const data = this.visibleTo(principal);
      return asksAnthropic(request) ? anthropicModels(data) : { object: 'list', data };
    });
  }

  get(request: FastifyRequest, reply: FastifyReply): void {
    const id = (request.params as { '*': string })['*'];
    this.answer(request, reply, (principal) => {
      const found = this.visibleTo(principal).find((model) => model.id === id);
      if (found) return asksAnthropic(request) ? anthropicModel(found) : found;
      return new RelayError('model_not_found', `There is no model "${id.slice(0, 128)}" for this key.`, {
        param: 'model',
      });
    });
  }

  private answer(request: FastifyRequest, reply: FastifyReply, view: (principal: Principal) => object): void {
    reply.hijack();
    const arrival = requireArrival(request);
    const found = view(arrival.authenticated().principal);
    if (found instanceof RelayError) return this.completions.refuse(arrival, found);
    this.completions.answer(arrival, found);
  }

  private visibleTo({ tenant }: Principal): ModelView[] {
    const configured = this.providers
      .models()
      .filter((model) => tenant.models === null || tenant.models.includes(model.id));
    const auto = configured.length > 0 ? AUTO_MODELS.map((id) => view(id, 'relay')) : [];
    return [...configured.map((model) => this.modelView(model)), ...auto];
  }

  private modelView({ id, targets }: ModelConfig): ModelView {
    const [found] = targets.flatMap(
      ({ provider, model: upstreamModel }) => this.prices.of({ model: id, provider, upstreamModel }) ?? [],
    );
    const owned = view(id, targets[0]?.provider ?? 'relay');
    return found ? { ...owned, price: { version: found.version, price: found.price } } : owned;
  }
}

/** Its clients send the version with every request; nobody else does. */
const asksAnthropic = ({ headers }: FastifyRequest): boolean => headers['anthropic-version'] !== undefined;

const view = (id: string, owner: string): ModelView => ({ id, object: 'model', created: 0, owned_by: owner });
