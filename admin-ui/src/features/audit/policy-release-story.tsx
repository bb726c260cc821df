import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { diffQuery, versionQuery } from '../../api/queries/policy-versions.queries';
import { QueryView } from '../../components/query-view';
import { useScopedPath } from '../../state/scoped-path';
import { ChangeTable } from './change-table';
import { changesBetween } from './policy-release';

/** What a policy that came into force changed, and what was said about it. */
export function PolicyReleaseStory({ from, to }: { readonly from: string; readonly to: string }) {
  const diff = useQuery(diffQuery(from, to));
  const note = useQuery(versionQuery(to)).data?.note ?? null;
  const scoped = useScopedPath();
  return (
    <section>
      <h3>
        <span className="foreign">{from === 'file' ? 'The configuration file’s policy' : from}</span> →{' '}
        <span className="foreign">{to}</span>
      </h3>
      {note === null ? null : <p className="foreign">“{note}”</p>}
      <QueryView query={diff}>
        {(data) => {
          const changes = changesBetween(data);
          return changes.length === 0 ? <p className="soft">Both say the same.</p> : <ChangeTable changes={changes} />;
        }}
      </QueryView>
      <Link to={scoped('/policies?tab=versions')}>All versions, and their texts beside each other</Link>
    </section>
  );
}
