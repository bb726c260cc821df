import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../../api/client';

/** Writes into the draft that is open, unless somebody else has since, or makes a new one of any other version. */
export function useSaveDraft(
  open: Schemas['PolicyVersionDetail'] | undefined,
  onSaved: (saved: Schemas['PolicyVersionDetail']) => void,
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (source: string) => {
      if (open?.status !== 'draft') return dataOf(api.POST('/api/policies/versions', { body: { source } }));
      const version = `${open.name}@${open.version}`;
      const body = { source, expectedDigest: open.digest };
      return dataOf(api.PUT('/api/policies/versions/{version}', { params: { path: { version } }, body }));
    },
    onSuccess: async (saved) => {
      queries.setQueryData(['policies', 'version', `${saved.name}@${saved.version}`], saved);
      await queries.invalidateQueries({ queryKey: ['policies'] });
      onSaved(saved);
    },
  });
}
