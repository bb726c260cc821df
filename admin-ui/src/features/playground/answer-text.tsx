import { useState } from 'react';
import { Button } from '../../components/button';
import { formatBytes } from '../../format/number';
import { isRunning } from './use-answer';
import type { Answer } from './answer';

/** Characters that are drawn: a page with more of them in one element stalls. While more come, the newest are in sight. */
const SHOWN = 20_000;

/** What the model says, as text. */
export function AnswerText({ answer }: { readonly answer: Answer }) {
  const [shown, setShown] = useState(SHOWN);
  const { text, error } = answer;
  const running = isRunning(answer);
  const long = text.length > shown;
  return (
    <div className="answer-text-box">
      {running && long ? <p className="soft">The newest of {formatBytes(text.length)}</p> : null}
      <pre
        className={running ? 'answer-text foreign is-running' : 'answer-text foreign'}
        dir="auto"
        tabIndex={0}
        role="region"
        aria-label="Answer"
        aria-busy={running}
      >
        {running && long ? text.slice(-shown) : text.slice(0, shown)}
      </pre>
      {!running && long ? (
        <Button onClick={() => setShown(shown * 8)}>Show more ({formatBytes(text.length - shown)} left)</Button>
      ) : null}
      {error ? (
        <p className="answer-error foreign" role="alert" dir="auto">
          <b>{error.code}</b> {error.message.slice(0, SHOWN)}
        </p>
      ) : null}
      {answer.phase === 'stopped' ? (
        <p className="soft">Stopped: the relay was told that nobody listens any more.</p>
      ) : null}
      {answer.finish === 'length' ? <p className="tone-warn">Cut off: the longest answer that was allowed.</p> : null}
    </div>
  );
}
