import { Card } from '../../../components/card';
import type { Problem } from '../../../components/code-editor';
import { StatusBadge } from '../../../components/status-badge';

interface ProblemListProps {
  readonly problems: readonly Problem[];
  readonly behind: boolean; // the relay has not looked at the text as it stands
  readonly failed: Error | null; // it could not be asked
  readonly onOpen: (line: number) => void;
}

/** What the relay says of the text, as it stands. */
export function ProblemList({ problems, behind, failed, onOpen }: ProblemListProps) {
  return (
    <Card title="Problems" hint="Found by the relay, with the models and providers in force">
      {failed ? (
        <p className="tone-bad foreign" role="alert">
          The relay could not look at the text: {failed.message}
        </p>
      ) : problems.length > 0 ? null : behind ? (
        <span className="soft">Looking</span>
      ) : (
        <StatusBadge tone="good" label="None" />
      )}
      <ul className="problem-list" aria-live="polite">
        {problems.map(({ line, column, message, severity }) => (
          <li key={`${line} ${column} ${message}`}>
            <button type="button" className="problem" onClick={() => onOpen(line)}>
              <StatusBadge tone={severity === 'error' ? 'bad' : 'warn'} label={severity} note={`${line}:${column}`} />
              <span className="foreign">{message}</span>
            </button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
