import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../../api/client';

type Version = Schemas['PolicyVersionDetail'];

interface Written {
  readonly source: string;
  readonly base: string; // what was in force when it was begun
}

/** Writes into the draft that is open, unless somebody else has since, or makes a new one of any other version. */
export function useSaveDraft(open: Version | undefined, onSaved: (saved: Version) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ source, base }: Written) => {
      if (open?.status !== 'draft')
        return dataOf(api.POST('/api/policies/versions', { body: { source, basedOn: base } }));
      const version = `${open.name}@${open.version}`;
      const body = { source, expectedDigest: open.digest };
      return dataOf(api.PUT('/api/policies/versions/{version}', { params: { path: { version } }, body }));
    },
    onSuccess: async (saved) => {
      queries.setQueryData(['policies', 'version', `${saved.name}@${saved.version}`], saved);
      onSaved(saved);
      await queries.invalidateQueries({ queryKey: ['policies'] });
    },
  });
}
