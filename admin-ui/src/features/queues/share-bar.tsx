interface ShareBarProps {
  readonly share: number | null;
  readonly fairShare: number | null;
}

/** What somebody has, with a mark at what would be theirs; the figures stand beside it. */
export function ShareBar({ share, fairShare }: ShareBarProps) {
  return (
    <span className="fair-bar" aria-hidden="true">
      <span className="fair-bar-has" style={{ width: `${(share ?? 0) * 100}%` }} />
      {fairShare === null ? null : <span className="fair-bar-mark" style={{ left: `${fairShare * 100}%` }} />}
    </span>
  );
}
