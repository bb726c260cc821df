import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { QueryView } from '../../components/query-view';
import { formatCount } from '../../format/number';
import { useScopedPath } from '../../state/scoped-path';
import { classesOf } from './provider-state';
import { errorsQuery } from './providers.queries';

/** What went wrong there in the last hour, by class; each leads to its requests. */
export function ErrorClasses({ provider }: { readonly provider: string }) {
  const scoped = useScopedPath();
  return (
    <section>
      <h3>Errors of the last hour</h3>
      <QueryView query={useQuery(errorsQuery(provider))}>
        {({ data, nextCursor }) => {
          const classes = classesOf(data);
          if (classes.length === 0) return <p className="soft">None.</p>;
          return (
            <>
              <ul className="error-classes">
                {classes.map(({ code, count }) => (
                  <li key={code}>
                    <Link
                      className="foreign"
                      to={scoped(`/traces?${new URLSearchParams({ provider, status: 'error', errorCode: code })}`)}
                    >
                      {code}
                    </Link>{' '}
                    <b className="numeric">{formatCount(count)}</b>
                  </li>
                ))}
              </ul>
              {nextCursor === null ? null : <p className="soft">Counted over the last {formatCount(data.length)}.</p>}
            </>
          );
        }}
      </QueryView>
    </section>
  );
}
