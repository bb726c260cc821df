import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../../api/client';

type Version = Schemas['PolicyVersionDetail'];

interface Written {
  readonly source: string;
  readonly base: string; // what was in force when it was begun
  readonly digest: string | null; // of the draft as it was when it was begun
}

/** Writes into the draft that is open, unless somebody else has since, or makes a new one of any other version. */
export function useSaveDraft(open: Version | undefined, onSaved: (saved: Version, sent: string) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ source, base, digest }: Written) => {
      if (open?.status !== 'draft')
        return dataOf(api.POST('/api/policies/versions', { body: { source, basedOn: base } }));
      const version = `${open.name}@${open.version}`;
      const body = { source, expectedDigest: digest ?? open.digest };
      return dataOf(api.PUT('/api/policies/versions/{version}', { params: { path: { version } }, body }));
    },
    onSuccess: async (saved, { source }) => {
      queries.setQueryData(['policies', 'version', `${saved.name}@${saved.version}`], saved);
      onSaved(saved, source);
      await queries.invalidateQueries({ queryKey: ['policies'] });
    },
  });
}
