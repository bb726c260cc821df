interface AnthropicModel {
  readonly type: 'model';
  readonly id: string;
  readonly display_name: string;
  readonly created_at: string;
}

/** When a model was made is not known; Anthropic says the epoch then (platform.claude.com/docs/en/api/models/list). */
const CREATED_AT = '1970-01-01T00:00:00Z';

/** A model as Anthropic has it. */
export function anthropicModel({ id }: { readonly id: string }): AnthropicModel {
  return { type: 'model', id, display_name: id, created_at: CREATED_AT };
}

/** All models on one page, as Anthropic has pages. */
export function anthropicModels(models: readonly { readonly id: string }[]): object {
  return {
    data: models.map(anthropicModel),
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  };
}
