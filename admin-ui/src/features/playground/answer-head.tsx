import { Link } from 'react-router';
import { StatusBadge, type Tone } from '../../components/status-badge';
import { useScopedPath } from '../../state/scoped-path';
import type { Answer } from './answer';

const PHASES = {
  waiting: { tone: 'calm', label: 'Waiting' },
  streaming: { tone: 'accent', label: 'Streaming' },
  done: { tone: 'good', label: 'Done' },
  failed: { tone: 'bad', label: 'Failed' },
  stopped: { tone: 'calm', label: 'Stopped' },
} as const satisfies Record<Answer['phase'], { tone: Tone; label: string }>;

/** Who answered, from where, and the way to its trace: known as soon as the head of the reply is there. */
export function AnswerHead({ answer }: { readonly answer: Answer }) {
  const scoped = useScopedPath();
  const { facts, phase } = answer;
  const chips = [
    ['served by', facts?.model ? [facts.model, facts.provider].filter(Boolean).join(' at ') : null],
    ['cache', facts?.cache ?? null],
    ['queue', facts?.queue ? `${facts.queue}${facts.queueMs ? `, ${facts.queueMs} ms` : ''}` : null],
    ['policy', facts?.policy ?? null],
    ['degraded', facts?.degraded ?? null],
  ] as const;
  return (
    <div className="answer-head">
      <StatusBadge {...PHASES[phase]} note={facts && facts.status !== 200 ? facts.status : null} />
      {chips.map(([name, value]) =>
        value === null ? null : (
          <span key={name} className="answer-chip">
            {name} <b className="foreign">{value}</b>
          </span>
        ),
      )}
      {facts?.traceId ? (
        <Link className="answer-trace" to={scoped(`/traces/${encodeURIComponent(facts.traceId)}`)}>
          Open trace
        </Link>
      ) : null}
    </div>
  );
}
