import type { ProviderConfig } from '@relay/config';
import { type Operation, OPERATION_SHAPES } from '@relay/contracts';

/** Where one provider is asked for what: paths with their query, below its origin. */
export interface Endpoints {
  readonly models: string;
  /** `model`: the name the provider knows. */
  of(operation: Operation, model: string): string;
}

export function endpointsOf({ kind }: Pick<ProviderConfig, 'kind'>, { pathname, search }: URL): Endpoints {
  const base = pathname.replace(/\/+$/, '');
  if (kind === 'azure' && !base.endsWith('/v1')) return deployments(base, search);
  return {
    models: `${base}/models${search}`,
    of: (operation) => `${base}/${OPERATION_SHAPES[operation].path}${search}`,
  };
}

/** Azure OpenAI before its v1 API: the deployment is in the path, but for responses. */
function deployments(written: string, search: string): Endpoints {
  const base = written.endsWith('/openai') ? written : `${written}/openai`;
  return {
    models: `${base}/models${search}`,
    of(operation, model) {
      const { path } = OPERATION_SHAPES[operation];
      if (operation === 'responses') return `${base}/${path}${search}`;
      return `${base}/deployments/${encodeURIComponent(model)}/${path}${search}`;
    },
  };
}
