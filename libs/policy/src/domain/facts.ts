import type { Analysis, PromptAnalysis } from '@relay/contracts';

/**
 * Everything a condition can read, by variable and field, with its CEL type. This table is the one place that names them:
 * the condition environment, the types and the trace's flat features all follow from it.
 */
export const FACT_FIELDS = {
  tenant: {
    id: 'string',
    tier: 'string',
    tags: 'list<string>',
    weight: 'double',
    spentUsd: 'double', // this calendar month (UTC); 0 while it is not known
  },
  key: { name: 'string', scopes: 'list<string>' },
  request: {
    operation: 'string', // chat, completions, responses, messages, embeddings, …: which route was asked
    model: 'string', // as asked for
    stream: 'bool',
    n: 'int',
    tags: 'list<string>', // x-relay-tags
    priority: 'string', // x-relay-priority; "" when the app set none
    user: 'string', // x-relay-user, else the body's user; "" when there is none
    prefer: 'string', // x-relay-prefer; "" when the app set none
    hasTools: 'bool',
    toolCount: 'int',
    responseFormat: 'string', // "text" when the app set none
    maxTokens: 'int', // 0 when the app set none
    temperature: 'double', // 1 when the app set none, as OpenAI has it
  },
  features: {
    inputTokens: 'int', // an estimate
    outputTokens: 'int', // expected: what such answers took lately, at most what the app allows
    predictedTokens: 'int', // input + 2 x outputTokens: the scheduler's measure of cost
    turns: 'int', // messages from the user
    images: 'int',
    systemHash: 'string', // first 16 hex digits of the SHA-256 of the system messages; "" when there are none
    hasSystem: 'bool',
    hour: 'int', // 0..23, UTC
    weekday: 'int', // 0 is Sunday, UTC
    task: 'string', // one of TASKS; these five are worked out where something in the policy reads them
    language: 'string', // ISO 639-1, "und" where the text does not tell
    complexity: 'double', // 0..1
    injection: 'double', // 0..1
    pii: 'list<string>', // kinds found
  },
} as const satisfies Record<string, Record<string, FactType>>;

export type FactType = 'string' | 'bool' | 'int' | 'double' | 'list<string>';
export type FactVariable = keyof typeof FACT_FIELDS;

interface FactValues {
  string: string;
  bool: boolean;
  int: number; // always whole
  double: number;
  'list<string>': readonly string[];
}

type FieldsOf<Table extends Record<string, FactType>> = { readonly [Field in keyof Table]: FactValues[Table[Field]] };

/** What is known of one request before anything is decided. */
export type Facts = { readonly [Variable in FactVariable]: FieldsOf<(typeof FACT_FIELDS)[Variable]> };

export type FactValue = FactValues[FactType];

type FlatOf<Variable extends FactVariable> = {
  readonly [
    Field in Exclude<keyof Facts[Variable], Analysis> as `${Variable}.${Field & string}`
  ]: Facts[Variable][Field];
};

/** Facts under the names that conditions use, e.g. `tenant.tier`: how the trace keeps them. */
export type FlatFeatures = FlatOf<'tenant'> &
  FlatOf<'key'> &
  FlatOf<'request'> &
  FlatOf<'features'> & { readonly [Field in Analysis as `features.${Field}`]: PromptAnalysis[Field] };

export const FACT_VARIABLES = Object.keys(FACT_FIELDS) as readonly FactVariable[];

/** Written out because a loop over the table costs 4 µs a request, this 0.1; a field left out does not compile. */
export function flattenFacts({ tenant, key, request, features }: Facts, prompt: PromptAnalysis): FlatFeatures {
  return {
    'tenant.id': tenant.id,
    'tenant.tier': tenant.tier,
    'tenant.tags': tenant.tags,
    'tenant.weight': tenant.weight,
    'tenant.spentUsd': tenant.spentUsd,
    'key.name': key.name,
    'key.scopes': key.scopes,
    'request.operation': request.operation,
    'request.model': request.model,
    'request.stream': request.stream,
    'request.n': request.n,
    'request.tags': request.tags,
    'request.priority': request.priority,
    'request.user': request.user,
    'request.prefer': request.prefer,
    'request.hasTools': request.hasTools,
    'request.toolCount': request.toolCount,
    'request.responseFormat': request.responseFormat,
    'request.maxTokens': request.maxTokens,
    'request.temperature': request.temperature,
    'features.inputTokens': features.inputTokens,
    'features.outputTokens': features.outputTokens,
    'features.predictedTokens': features.predictedTokens,
    'features.turns': features.turns,
    'features.images': features.images,
    'features.systemHash': features.systemHash,
    'features.hasSystem': features.hasSystem,
    'features.hour': features.hour,
    'features.weekday': features.weekday,
    'features.task': prompt.task,
    'features.language': prompt.language,
    'features.complexity': prompt.complexity,
    'features.injection': prompt.injection,
    'features.pii': prompt.pii,
  };
}
