import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../api/client';
import { QueryView } from '../../components/query-view';
import { formatDecimal } from '../../format/number';
import { useUrlParam } from '../../state/url-state';
import { neighboursQuery } from './cache.queries';

type Neighbours = Schemas['CacheNeighbours'];
type Neighbour = Neighbours['data'][number];

/** The nearest stored questions, and whether one would be answered by the other. */
export function EntryNeighbours({ id }: { readonly id: string }) {
  const neighbours = useQuery(neighboursQuery(id));
  return (
    <section className="entry-part" aria-labelledby="neighbours">
      <h3 id="neighbours">Nearest questions</h3>
      <QueryView query={neighbours}>{(found) => <Found found={found} />}</QueryView>
    </section>
  );
}

function Found({ found }: { readonly found: Neighbours }) {
  if (found.data.length === 0) return <p className="soft">Nothing else is stored where this entry may be served.</p>;
  return (
    <>
      <p className="soft">{termsOf(found)}</p>
      <ul className="near-list">
        {found.data.map((near) => (
          <Near key={near.id} near={near} />
        ))}
      </ul>
    </>
  );
}

function Near({ near }: { readonly near: Neighbour }) {
  const [, open] = useUrlParam('entry');
  const { id, prompt, similarity, score, guards, sharesAnswer, answersThis, answeredByThis } = near;
  return (
    <li>
      <button type="button" className="link-button" onClick={() => open(id, 'push')}>
        <span className={prompt === null ? 'mono' : 'foreign'}>{prompt === null ? id : prompt.slice(0, SHOWN)}</span>
      </button>
      <p className="near-facts">
        <span className="numeric">
          cosine {similarity.toFixed(3)}, score {formatDecimal(score)}
        </span>
        {sharesAnswer ? <span className="soft">has the same answer</span> : null}
        {guards.length > 0 ? <span className="tone-warn">kept apart by {guards.join(', ')}</span> : null}
      </p>
      <p className="near-facts soft">
        {answersThis === answeredByThis
          ? `For each other: ${VERDICTS[answersThis]}`
          : `Its answer here: ${VERDICTS[answersThis]}. This answer there: ${VERDICTS[answeredByThis]}`}
      </p>
    </li>
  );
}

/** Characters of a prompt in the list. */
const SHOWN = 300;

function termsOf({ mode, measure, threshold }: Neighbours): string {
  if (mode === null)
    return 'The trace with the plan of this entry is not kept any more: what would be served is not known.';
  const by = measure === 'score' ? 'score' : 'cosine';
  return `Mode ${mode}: ${threshold === null ? 'no threshold yet, exact hits only' : `served from a ${by} of ${formatDecimal(threshold)}`}.`;
}

const VERDICTS = {
  served: 'would be served',
  verifier_decides: 'near enough, a verifier decides',
  shadow: 'near enough, but the mode only watches',
  below_threshold: 'not near enough',
  below_entry_threshold: 'not near enough for an entry that was wrong once',
  too_few_labels: 'no threshold is known yet',
  drifted: 'nothing is served while the error has changed',
  guarded: 'never, a guard objects',
  out_of_service: 'never, it is out of service',
  unknown: 'not known',
} as const satisfies Record<Neighbour['answersThis'], string>;
