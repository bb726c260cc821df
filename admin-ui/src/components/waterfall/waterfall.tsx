import { IconAlertTriangle, IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { formatDuration } from '../../format/duration';
import { formatShare } from '../../format/number';
import { PART_COLORS, type Part } from './parts';
import type { TraceDetail } from '../../api/queries/trace.queries';
import { overheadMs, waterfallOf, type WaterfallRow } from './waterfall-rows';
import './waterfall.css';

/** Beyond this share of the track a note stands before its bar. */
const TURN_AT = 0.55;

export function Waterfall({ trace }: { readonly trace: TraceDetail }) {
  const rows = waterfallOf(trace);
  const total = Math.max(trace.totalMs, ...rows.map(({ startMs, durationMs }) => startMs + durationMs), 0.001);
  return (
    <>
      <Shares rows={rows} overhead={overheadMs(trace)} />
      <div className="waterfall">
        <Axis total={total} />
        {rows.map((row) => (
          <Row key={row.key} row={row} total={total} ttftMs={trace.ttftMs} />
        ))}
      </div>
      {trace.ttftMs === null ? null : (
        <p className="tone-good">
          First token after {formatDuration(trace.ttftMs)}, the dashed line; {formatDuration(total)} in all.
        </p>
      )}
    </>
  );
}

function Shares({ rows, overhead }: { readonly rows: readonly WaterfallRow[]; readonly overhead: number }) {
  const sums = new Map<Part, number>();
  const split = new Set(rows.filter(({ nested }) => nested).map(({ key }) => key.replace(/ (first|stream)$/, '')));
  for (const row of rows) if (!split.has(row.key)) sums.set(row.part, (sums.get(row.part) ?? 0) + row.durationMs);
  const all = [...sums.values()].reduce((sum, ms) => sum + ms, 0) || 1;
  return (
    <section aria-label="Where the time went">
      <div className="share-bar" aria-hidden="true">
        {[...sums].map(([part, ms]) => (
          <span key={part} style={{ background: PART_COLORS[part], width: `${(ms / all) * 100}%` }} />
        ))}
      </div>
      <ul className="share-legend">
        {[...sums].map(([part, ms]) => (
          <li key={part}>
            <span className="chart-swatch" style={{ background: PART_COLORS[part] }} />
            {part} <b>{formatShare(ms / all)}</b>
          </li>
        ))}
        <li>
          relay overhead <b>{formatDuration(overhead)}</b>
        </li>
      </ul>
    </section>
  );
}

const AXIS_PARTS = 4;

/** The time since the request arrived, above the bars. */
function Axis({ total }: { readonly total: number }) {
  const marks = Array.from({ length: AXIS_PARTS }, (_, part) => part / AXIS_PARTS);
  return (
    <div className="waterfall-row waterfall-axis" aria-hidden="true">
      <span>Stage</span>
      <span className="waterfall-track">
        {marks.map((share) => (
          <span key={share} className="waterfall-mark" style={{ left: `${share * 100}%` }}>
            {share === 0 ? '0' : formatDuration(total * share)}
          </span>
        ))}
      </span>
      <span className="waterfall-time">Time</span>
    </div>
  );
}

interface RowProps {
  readonly row: WaterfallRow;
  readonly total: number;
  readonly ttftMs: number | null;
}

function Row({ row, total, ttftMs }: RowProps) {
  const [open, setOpen] = useState(false);
  const percent = (ms: number): string => `${Math.min(100, (ms / total) * 100)}%`;
  const turned = (row.startMs + row.durationMs) / total > TURN_AT;
  const place = turned
    ? { right: `calc(100% - ${percent(row.startMs)} + 6px)` }
    : { left: `calc(${percent(row.startMs + row.durationMs)} + 6px)` };
  const content = (
    <>
      <span className={row.nested ? 'waterfall-name is-nested' : 'waterfall-name'}>
        {row.facts.length > 0 ? open ? <IconChevronDown size={14} /> : <IconChevronRight size={14} /> : null}
        {row.failed ? <IconAlertTriangle className="tone-bad" size={14} aria-label="failed" /> : null}
        <span className="one-line foreign" title={row.name}>
          {row.name}
        </span>
      </span>
      <span className="waterfall-track">
        {ttftMs === null ? null : <span className="waterfall-ttft" style={{ left: percent(ttftMs) }} />}
        <span
          className="waterfall-bar"
          style={{ left: percent(row.startMs), width: percent(row.durationMs), background: PART_COLORS[row.part] }}
        />
        {row.note ? (
          <span className="waterfall-note one-line foreign" style={place}>
            {row.note}
          </span>
        ) : null}
      </span>
      <span className="waterfall-time">{formatDuration(row.durationMs)}</span>
    </>
  );
  if (row.facts.length === 0) return <div className="waterfall-row">{content}</div>;
  return (
    <>
      <button type="button" className="waterfall-row" aria-expanded={open} onClick={() => setOpen(!open)}>
        {content}
      </button>
      {open ? (
        <dl className="waterfall-facts">
          {[...row.facts, ['starts at', formatDuration(row.startMs)] as const].map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="foreign">{value}</dd>
            </div>
          ))}
        </dl>
      ) : null}
    </>
  );
}
