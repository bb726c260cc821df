import type { ReactNode } from 'react';
import type { Schemas } from '../../../api/client';
import { StatusBadge, type Tone } from '../../../components/status-badge';
import { formatDuration } from '../../../format/duration';
import { formatUsd } from '../../../format/money';
import { formatCount, formatDecimal, formatShare } from '../../../format/number';

type Judgement = Schemas['CanaryJudgement'];
type Side = Judgement['canary'];
type Check = Judgement['checks'][number];

interface CanaryFiguresProps {
  readonly canary: Schemas['PolicyCanary'];
  readonly judgement: Judgement;
}

/** Both sides beside each other, with the intervals that hold at every look, and what follows from each. */
export function CanaryFigures({ canary: { version, against, unit }, judgement }: CanaryFiguresProps) {
  const { canary, inForce, checks } = judgement;
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Figures of the canary">
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Of the requests so far</th>
            <th scope="col" className="end foreign">
              {version}
            </th>
            <th scope="col" className="end foreign">
              {against}
            </th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{UNITS[unit]}</th>
            <td className="end">{formatCount(canary.units)}</td>
            <td className="end">{formatCount(inForce.units)}</td>
            <td />
          </tr>
          {ROWS.map(({ label, guardrail, value }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td className="end">{value(canary)}</td>
              <td className="end">{value(inForce)}</td>
              <td className="canary-verdict">
                {guardrail ? <Verdict check={checks.find((check) => check.guardrail === guardrail)} /> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Row {
  readonly label: string;
  readonly guardrail?: Check['guardrail'];
  readonly value: (side: Side) => ReactNode;
}

const ROWS: readonly Row[] = [
  { label: 'Requests', value: ({ requests }) => formatCount(requests) },
  {
    label: 'Failures',
    guardrail: 'errorRate',
    value: ({ errorRate }) => <Between figure={errorRate} text={formatShare} />,
  },
  { label: 'P95', guardrail: 'p95', value: ({ p95Ms }) => <Between figure={p95Ms} text={formatDuration} /> },
  {
    label: 'Cost of a request',
    guardrail: 'cost',
    value: ({ costUsd }) => <Between figure={costUsd} text={formatUsd} />,
  },
  {
    label: 'Quality',
    guardrail: 'quality',
    value: ({ quality, rated }) => (
      <span title={`${rated} requests with feedback`}>
        <Between figure={quality} text={formatDecimal} />
      </span>
    ),
  },
];

interface BetweenProps<T> {
  readonly figure: { readonly value: T; readonly low: T; readonly high: T } | null;
  readonly text: (value: T) => string;
}

function Between<T>({ figure, text }: BetweenProps<T>) {
  if (figure === null) return <span className="soft">–</span>;
  return (
    <>
      {text(figure.value)}{' '}
      <span className="soft">
        ({text(figure.low)} to {text(figure.high)})
      </span>
    </>
  );
}

function Verdict({ check }: { readonly check: Check | undefined }) {
  if (!check) return <span className="soft">not guarded</span>;
  const { tone, label } = VERDICTS[check.verdict];
  return (
    <>
      <StatusBadge tone={tone} label={label} /> <span className="soft">{withoutFigures(check.says)}</span>
    </>
  );
}

/** The figures stand beside it already. */
const withoutFigures = (says: string): string => says.replace(/^[^:]*: ([^;]* against [^;]*; )?/, '');

const UNITS = { user: 'Users', key: 'Keys', tenant: 'Tenants', request: 'Drawn' } as const satisfies Record<
  Schemas['PolicyCanary']['unit'],
  string
>;

const VERDICTS = {
  worse: { tone: 'bad', label: 'worse' },
  fine: { tone: 'good', label: 'fine' },
  undecided: { tone: 'accent', label: 'undecided' },
  waiting: { tone: 'calm', label: 'waiting' },
} as const satisfies Record<Check['verdict'], { tone: Tone; label: string }>;
