import { Link } from 'react-router';
import { StatusBadge } from '../../components/status-badge';
import { formatCount } from '../../format/number';
import { formatTime } from '../../format/time';
import { useScopedPath } from '../../state/scoped-path';
import type { ComparedFigure, Comparison } from './evaluations.queries';
import { placesOf } from './evaluation-table';
import { dimensionOf } from './evaluation-view';
import { FIGURES, formatDifference, formatFigure, intervalOf, summaryOf, VERDICTS } from './figures';
import { IntervalMark, scaleOf, type Scale } from './interval-mark';

const PERCENT = 100;

/** Each figure of both sides on one scale, what lies between them, and what that says. */
export function ComparisonTable({ comparison }: { readonly comparison: Comparison }) {
  const { a, b, figures, tested, confidence, tolerance } = comparison;
  const { tone, text } = summaryOf(figures);
  return (
    <>
      <p className="compare-summary">
        <StatusBadge tone={tone} label={text} />
      </p>
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Comparison">
        <table className="plain-table compare-table">
          <thead>
            <tr>
              <th scope="col">Figure</th>
              <SideHead side={a} other={b} comparison={comparison} />
              <SideHead side={b} other={a} comparison={comparison} />
              <th scope="col" className="compare-difference">
                Difference
              </th>
              <th scope="col" className="compare-verdict">
                Verdict
              </th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">Requests, verdicts</th>
              {[a, b].map(({ group }, at) => (
                <td key={at} className="compare-value">
                  {formatCount(group.requests)}, {formatCount(group.verdicts)}
                  {group.verdicts > 0 ? <small className="soft">of {formatCount(group.voices)} voices</small> : null}
                </td>
              ))}
              <td className="compare-difference" />
              <td className="compare-verdict" />
            </tr>
            {figures.map((figure) => (
              <FigureRow key={figure.figure} compared={figure} comparison={comparison} />
            ))}
          </tbody>
        </table>
      </div>
      <p className="soft">
        Values have 95% intervals. The {formatCount(tested)} figures that could be compared are held to{' '}
        {(confidence * PERCENT).toFixed(1)} % each, so that all verdicts together are as sure as 95 %; changes below{' '}
        {tolerance * PERCENT} % are none. “No difference seen” is not “the same”: the interval says what may still be.
      </p>
    </>
  );
}

interface FigureRowProps {
  readonly compared: ComparedFigure;
  readonly comparison: Comparison;
}

function FigureRow({ compared: { figure, verdict, difference, low, high }, comparison: { a, b } }: FigureRowProps) {
  const scale: Scale = scaleOf([placesOf(a.group, figure), placesOf(b.group, figure)]);
  const isKnown = low !== null && high !== null;
  return (
    <tr>
      <th scope="row">{FIGURES.find((text) => text.figure === figure)?.long}</th>
      {[a, b].map(({ group }, at) => (
        <td key={at} className="compare-value">
          <span className="compare-seen">
            <span className="numeric">{formatFigure(figure, group.figures[figure].value)}</span>
            <IntervalMark {...placesOf(group, figure)} scale={scale} tone={at === 0 ? 'first' : 'second'} />
          </span>
          <small className="soft numeric">{intervalOf(figure, group.figures[figure])}</small>
        </td>
      ))}
      <td className="compare-difference numeric">
        {formatDifference(figure, difference)}
        <small className="soft">
          {isKnown ? `${formatDifference(figure, low)} to ${formatDifference(figure, high)}` : null}
        </small>
      </td>
      <td className="compare-verdict">
        <StatusBadge {...VERDICTS[verdict]} />
      </td>
    </tr>
  );
}

interface SideHeadProps {
  readonly side: Comparison['a'];
  readonly other: Comparison['a'];
  readonly comparison: Comparison;
}

/** The name of a group, or the time that a side is of; it leads to its traces. */
function SideHead({ side: { name, from, to }, other, comparison: { by } }: SideHeadProps) {
  const scoped = useScopedPath();
  const isTimed = name === other.name;
  const { facet } = dimensionOf(by);
  const filters = new URLSearchParams({ from, to, ...(name !== null && facet !== null ? { [facet]: name } : {}) });
  const isLinked = name === null || facet !== null;
  const text = name ?? 'All requests';
  return (
    <th scope="col">
      {isLinked ? (
        <Link className="foreign" to={scoped(`/traces?${filters}`)}>
          {text}
        </Link>
      ) : (
        <span className="foreign">{text}</span>
      )}
      {isTimed ? (
        <small className="soft compare-time">
          {formatTime(from)} to {formatTime(to)}
        </small>
      ) : null}
    </th>
  );
}
