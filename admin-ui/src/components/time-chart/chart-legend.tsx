import type { Series } from './series';

export function ChartLegend({ series }: { readonly series: readonly Series[] }) {
  return (
    <ul className="chart-legend">
      {series.map(({ id, label, color }) => (
        <li key={id}>
          <span className="chart-swatch" style={{ background: color }} />
          <span className="foreign">{label}</span>
        </li>
      ))}
    </ul>
  );
}
