import { IconThumbDown, IconThumbUp } from '@tabler/icons-react';
import { RelativeTime } from '../../../components/relative-time';
import { formatDecimal } from '../../../format/number';
import type { TraceDetail } from '../../../api/queries/trace.queries';
import { GiveFeedback } from './give-feedback';
import './feedback.css';

/** What apps, their users and people in the console said of the answer. */
export function Feedback({ trace }: { readonly trace: TraceDetail }) {
  const said = trace.feedback ?? [];
  return (
    <section aria-label="Feedback">
      <h3 className="feedback-title">Feedback</h3>
      {said.length === 0 ? (
        <p className="soft feedback-none">Nobody has judged this answer. Apps do it with POST /v1/feedback.</p>
      ) : (
        <ul className="feedback-list">
          {said.map(({ id, at, score, comment, user, keyId }) => (
            <li key={id} className="feedback-entry">
              <Score score={score} />
              <span className="foreign feedback-comment" dir="auto">
                {comment ?? <span className="soft">without a word</span>}
              </span>
              <span className="soft foreign">
                {user ?? keyId.replace(/^console:/, '')} · <RelativeTime at={at} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {trace.tenant === null ? null : <GiveFeedback trace={trace} />}
    </section>
  );
}

/** A thumb, and the score itself: -1 to 1. */
function Score({ score }: { readonly score: number }) {
  const Icon = score < 0 ? IconThumbDown : IconThumbUp;
  return (
    <span className={score < 0 ? 'feedback-score tone-bad' : score > 0 ? 'feedback-score tone-good' : 'feedback-score'}>
      <Icon size={15} aria-hidden="true" /> {score > 0 ? '+' : ''}
      {formatDecimal(score)}
    </span>
  );
}
