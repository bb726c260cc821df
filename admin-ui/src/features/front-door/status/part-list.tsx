import type { Part } from './health';

const STATES = {
  up: { label: 'up', tone: 'good' },
  degraded: { label: 'away', tone: 'warn' },
  off: { label: 'off', tone: 'calm' },
  down: { label: 'down', tone: 'bad' },
} as const satisfies Record<Part['state'], { label: string; tone: string }>;

/** The parts behind the headline; without their colours when they are of an answer that is no longer current. */
export function PartList({ parts, stale }: { readonly parts: readonly Part[]; readonly stale: boolean }) {
  return (
    <dl className="parts">
      {parts.map(({ name, state, note }) => (
        <div key={name} className={`part tone-${stale ? 'calm' : STATES[state].tone}`}>
          <dt>{name}</dt>
          <dd>
            <span className="part-state">{STATES[state].label}</span>
            {note ? <span className="part-note">{note}</span> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}
