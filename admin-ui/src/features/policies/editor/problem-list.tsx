import { Card } from '../../../components/card';
import type { Problem } from '../../../components/code-editor';
import { StatusBadge } from '../../../components/status-badge';

/** What the relay says of the text, as it stands. */
export function ProblemList({ problems }: { readonly problems: readonly Problem[] }) {
  return (
    <Card title="Problems" hint="Found by the relay, with the models and providers in force">
      {problems.length === 0 ? <StatusBadge tone="good" label="None" /> : null}
      <ul className="problem-list" aria-live="polite">
        {problems.map(({ line, column, message, severity }) => (
          <li key={`${line} ${column} ${message}`}>
            <StatusBadge tone={severity === 'error' ? 'bad' : 'warn'} label={severity} note={`${line}:${column}`} />
            <p className="foreign">{message}</p>
          </li>
        ))}
      </ul>
    </Card>
  );
}
