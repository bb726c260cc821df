import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { providersQuery, tenantsQuery } from '../../../api/queries/relay.queries';
import type { Complete } from '../../../components/code-editor';
import { completionOf } from './options';

/** Offers what the schema of policies has, and the models, providers, regions and tenants of this relay. */
export function useCompletion(): Complete {
  const providers = useQuery({ ...providersQuery, staleTime: 60_000 }).data?.data;
  const tenants = useQuery(tenantsQuery).data?.data;
  const names = useMemo(() => {
    const targets = providers?.flatMap((provider) => provider.targets) ?? [];
    const once = (values: readonly string[]): readonly string[] => [...new Set(values)].sort();
    return {
      models: once(targets.flatMap(({ models }) => models)),
      providers: once(providers?.map(({ id }) => id) ?? []),
      regions: once(providers?.flatMap(({ region }) => (region === null ? [] : [region])) ?? []),
      tenants: once(tenants?.map(({ id }) => id) ?? []),
    };
  }, [providers, tenants]);
  return useCallback((before) => completionOf(before, names), [names]);
}
