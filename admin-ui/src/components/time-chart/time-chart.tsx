import { useElementSize } from '@mantine/hooks';
import { useMemo, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { formatTick } from '../../format/time';
import { useCursor } from './chart-cursor';
import { ChartLine } from './chart-line';
import { ChartReadout } from './chart-readout';
import { niceTicks, stack } from './scale';
import type { Series } from './series';
import './time-chart.css';

const LEFT_PX = 40;
const BOTTOM_PX = 18;
const TOP_PX = 8;
/** About so far apart are the labels of the time axis. */
const LABEL_EVERY_PX = 110;

export interface TimeChartProps {
  readonly label: string;
  readonly times: readonly number[]; // where each interval begins, ms since 1970
  readonly intervalMs: number;
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  readonly tick?: typeof formatTick; // for days of another calendar than that of who looks
  readonly height?: number;
  readonly axes?: boolean; // false: a bare histogram, with the time axis only
  readonly marks?: readonly { readonly at: number; readonly label: string }[];
  readonly onBrush?: (bounds: { readonly from: number; readonly to: number }) => void;
}

/**
 * Bars upon each other, lines over them, one cursor. Dragging cuts a window out; with the keyboard arrows move the cursor, with
 * Shift they stretch the window, Enter takes it, Escape drops it.
 */
export function TimeChart(props: TimeChartProps) {
  const { label, times, intervalMs, series, format, height = 150, axes = true, marks = [], onBrush } = props;
  const tick = props.tick ?? formatTick;
  const { ref, width } = useElementSize();
  const cursor = useCursor();
  const [anchor, setAnchor] = useState<number | null>(null);
  const left = axes ? LEFT_PX : 0;
  const plot = { width: Math.max(1, width - left), height: height - BOTTOM_PX - TOP_PX };
  const shapes = useMemo(() => shapesOf(series), [series]);
  const { top, ticks } = useMemo(() => niceTicks(shapes.most), [shapes]);
  const slot = plot.width / Math.max(1, times.length);
  const x = (index: number): number => left + index * slot;
  const y = (value: number): number => TOP_PX + plot.height * (1 - value / top);
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const span = last - first + intervalMs;
  const xOf = (at: number): number => left + ((at - first) / span) * plot.width;

  const indexAt = (event: PointerEvent): number => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left - left;
    return Math.max(0, Math.min(times.length - 1, Math.floor(at / slot)));
  };
  const take = (from: number, to: number): void => {
    const [start, end] = [times[Math.min(from, to)], times[Math.max(from, to)]];
    if (start !== undefined && end !== undefined) onBrush?.({ from: start, to: end + intervalMs });
    setAnchor(null);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      const from = cursor.at ?? times.length;
      if (event.shiftKey && anchor === null) setAnchor(Math.min(from, times.length - 1));
      cursor.set(Math.max(0, Math.min(times.length - 1, from + by)));
    } else if (event.key === 'Enter' && onBrush && cursor.at !== null) take(anchor ?? cursor.at, cursor.at);
    else if (event.key === 'Escape' && anchor !== null) {
      event.stopPropagation();
      setAnchor(null);
    }
  };
  const at = cursor.at !== null && cursor.at < times.length ? cursor.at : null;
  const labelEvery = Math.max(1, Math.ceil(LABEL_EVERY_PX / slot));
  return (
    <div
      ref={ref}
      className={onBrush ? 'time-chart can-brush' : 'time-chart'}
      role="group"
      aria-label={
        onBrush ? `${label}. Arrows move the cursor, Shift and arrows choose a window, Enter takes it.` : label
      }
      tabIndex={0}
      onKeyDown={onKeyDown}
      onBlur={() => cursor.set(null)}
    >
      <svg
        height={height}
        aria-hidden="true"
        onPointerMove={(event) => cursor.set(indexAt(event))}
        onPointerLeave={() => anchor === null && cursor.set(null)}
        onPointerDown={(event) => {
          if (!onBrush || event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setAnchor(indexAt(event));
        }}
        onPointerUp={(event) => anchor !== null && take(anchor, indexAt(event))}
        onPointerCancel={() => setAnchor(null)}
      >
        {axes
          ? ticks.map((value) => (
              <g key={value}>
                <line className="chart-grid" x1={left} x2={left + plot.width} y1={y(value)} y2={y(value)} />
                <text className="chart-label" x={left - 6} y={y(value) + 4} textAnchor="end">
                  {format(value)}
                </text>
              </g>
            ))
          : null}
        {shapes.bars.map(({ color, spans, id }) => (
          <path key={id} fill={color} d={spans.map((range, index) => barPath(range, x(index), slot, y)).join('')} />
        ))}
        {shapes.lines.map((line) => (
          <ChartLine key={line.id} series={line} x={(index) => x(index) + slot / 2} y={y} />
        ))}
        {marks
          .filter((mark) => mark.at >= first && mark.at <= first + span)
          .map((mark) => (
            <g key={`${mark.at} ${mark.label}`}>
              <line className="chart-mark" x1={xOf(mark.at)} x2={xOf(mark.at)} y1={TOP_PX} y2={TOP_PX + plot.height} />
              <text className="chart-label" x={xOf(mark.at) - 4} y={TOP_PX + 10} textAnchor="end">
                {mark.label}
              </text>
            </g>
          ))}
        {anchor !== null && at !== null ? (
          <rect
            className="chart-brush"
            x={x(Math.min(anchor, at))}
            width={(Math.abs(at - anchor) + 1) * slot}
            y={TOP_PX}
            height={plot.height}
          />
        ) : null}
        {at === null ? null : (
          <line
            className="chart-cursor"
            x1={x(at) + slot / 2}
            x2={x(at) + slot / 2}
            y1={TOP_PX}
            y2={TOP_PX + plot.height}
          />
        )}
        {times.map((time, index) =>
          index % labelEvery === 0 ? (
            <text key={time} className="chart-label" x={x(index)} y={height - 4}>
              {tick(time, span)}
            </text>
          ) : null,
        )}
      </svg>
      {at === null ? null : (
        <ChartReadout
          time={times[at] ?? 0}
          spanMs={span}
          tick={tick}
          lines={series.map(({ id, label: name, color, values }) => {
            const value = values[at];
            return { id, name, color, value: value == null ? '–' : format(value) };
          })}
          side={at > times.length / 2 ? 'left' : 'right'}
          x={x(at)}
          width={width}
        />
      )}
    </div>
  );
}

function shapesOf(series: readonly Series[]) {
  const barSeries = series.filter(({ kind }) => kind === 'bar');
  const spans = stack(barSeries.map(({ values }) => values));
  const bars = barSeries.map(({ id, color }, index) => ({ id, color, spans: spans[index] ?? [] }));
  const lines = series.filter(({ kind }) => kind === 'line');
  const tops = [
    ...(spans.at(-1) ?? []).map(([, top]) => top),
    ...lines.flatMap(({ values }) => values.map((v) => v ?? 0)),
  ];
  return { bars, lines, most: tops.reduce((most, value) => Math.max(most, value), 0) };
}

function barPath(
  [bottom, top]: readonly [number, number],
  x: number,
  slot: number,
  y: (value: number) => number,
): string {
  if (top <= bottom) return '';
  const gap = slot > 4 ? 1.5 : 0.5;
  return `M${x.toFixed(1)} ${y(bottom).toFixed(1)}V${y(top).toFixed(1)}h${Math.max(0.5, slot - gap).toFixed(1)}V${y(bottom).toFixed(1)}Z`;
}
