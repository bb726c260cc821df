import './status-badge.css';

export type Tone = 'good' | 'warn' | 'bad' | 'accent' | 'calm';

/** A shape for each tone: colour is never all that tells. */
const SHAPES = {
  good: 'M4 0a4 4 0 1 0 0 8 4 4 0 1 0 0-8Z',
  warn: 'M4 .3 8 7.6H0Z',
  bad: 'M.5.5h7v7h-7Z',
  accent: 'M4 0 8 4 4 8 0 4Z',
  calm: 'M0 3h8v2H0Z',
} as const satisfies Record<Tone, string>;

interface StatusBadgeProps {
  readonly tone: Tone;
  readonly label: string;
  readonly note?: string | number | null;
}

export function StatusBadge({ tone, label, note }: StatusBadgeProps) {
  return (
    <span className={`status-badge tone-${tone}`}>
      <svg className="status-shape" viewBox="0 0 8 8" aria-hidden="true">
        <path d={SHAPES[tone]} />
      </svg>
      {label}
      {note == null ? null : <span className="status-note">{note}</span>}
    </span>
  );
}
