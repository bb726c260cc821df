import { type formatTick, formatUtc } from '../../format/time';

interface ChartReadoutProps {
  readonly time: number;
  readonly spanMs: number;
  readonly tick: typeof formatTick;
  readonly lines: readonly {
    readonly id: string;
    readonly name: string;
    readonly color: string;
    readonly value: string;
  }[];
  readonly side: 'left' | 'right';
  readonly x: number;
  readonly width: number;
}

/** The values at the cursor, on the side with room; spoken when it moves. */
export function ChartReadout({ time, spanMs, tick, lines, side, x, width }: ChartReadoutProps) {
  const place = side === 'left' ? { right: width - x + 10 } : { left: x + 16 };
  return (
    <div className="chart-readout" style={place} role="status" title={formatUtc(new Date(time).toISOString())}>
      <strong>{tick(time, Math.min(spanMs, 200_000))}</strong>
      {lines.map(({ id, name, color, value }) => (
        <div key={id} className="chart-readout-line">
          <span className="chart-swatch" style={{ background: color }} />
          <span className="foreign">{name}</span>
          <b>{value}</b>
        </div>
      ))}
    </div>
  );
}
