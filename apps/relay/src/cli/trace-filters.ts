import type { Command } from 'commander';
import type { Query } from './query-text';

/** Filters of traces that commands take, as the API names them. */
const FILTERS = {
  tenant: 'of these tenants, with commas between several, as with all that follow',
  key: 'asked with these keys, by id',
  user: 'of these users (x-relay-user)',
  tag: 'with one of these tags',
  status: 'ok, error, rejected, aborted',
  model: 'asked for',
  served: 'the model that served',
  provider: 'that answered',
  cache: 'exact-l1, exact-l2, semantic, coalesced, miss, bypass',
  policy: 'a name, or name@version',
  rule: 'that matched',
  error: 'with these error codes',
} as const;

const API_NAMES: Readonly<Record<string, string>> = { key: 'keyId', served: 'servedModel', error: 'errorCode' };

export type FilterOptions = { readonly [name in keyof typeof FILTERS]?: string } & {
  readonly q?: string;
  readonly text?: string;
  readonly minMs?: string;
};

export function withTraceFilters(command: Command): Command {
  for (const [name, description] of Object.entries(FILTERS)) command.option(`--${name} <values>`, description);
  return command
    .option('-q <text>', 'part of request id, model or error, or words of prompt and answer')
    .option('--text <words>', 'words of prompt and answer alone: "a phrase", or, -without')
    .option('--min-ms <ms>', 'that took so long or longer');
}

export function filtersOf(options: FilterOptions): Query {
  const named = Object.keys(FILTERS).map((name) => [API_NAMES[name] ?? name, options[name as keyof typeof FILTERS]]);
  return { ...(Object.fromEntries(named) as Query), q: options.q, text: options.text, minMs: options.minMs };
}
