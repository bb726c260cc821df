import { IconThumbDown, IconThumbUp } from '@tabler/icons-react';
import { RelativeTime } from '../../../components/relative-time';
import { formatDecimal } from '../../../format/number';
import type { TraceDetail } from '../../../api/queries/trace.queries';
import './feedback.css';

/** What apps and their users said of the answer. */
export function Feedback({ trace }: { readonly trace: TraceDetail }) {
  const said = trace.feedback ?? [];
  if (said.length === 0)
    return (
      <p className="soft feedback-none">
        No feedback on this answer. Apps send it with POST /v1/feedback, with their own key.
      </p>
    );
  return (
    <section aria-label="Feedback">
      <h3 className="feedback-title">Feedback</h3>
      <ul className="feedback-list">
        {said.map(({ id, at, score, comment, user, keyId }) => (
          <li key={id} className="feedback-entry">
            <Score score={score} />
            <span className="foreign feedback-comment" dir="auto">
              {comment ?? <span className="soft">without a word</span>}
            </span>
            <span className="soft foreign">
              {user ?? keyId} · <RelativeTime at={at} />
            </span>
          </li>
        ))}
      </ul>
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
