import type { TraceDetail } from '../../api/queries/trace.queries';
import { Facts } from '../../components/facts';
import { Money } from '../../components/money';
import { formatDuration } from '../../format/duration';
import { formatCompact, formatDecimal } from '../../format/number';
import { tokensPerSecond, type Answer } from './answer';

interface AnswerFiguresProps {
  readonly answer: Answer;
  readonly trace: TraceDetail | undefined;
}

/** Live while it comes, from this browser's clock; the cost once the relay has written it down. */
export function AnswerFigures({ answer, trace }: AnswerFiguresProps) {
  const { facts, ttftMs, elapsedMs, usage, pieces } = answer;
  const rate = tokensPerSecond(answer);
  const [input, output] = [usage?.input ?? trace?.inputTokens, usage?.output ?? (pieces || trace?.outputTokens)];
  const cost = trace?.costUsd ?? facts?.costUsd ?? null;
  return (
    <Facts
      facts={[
        { name: 'TTFT', value: formatDuration(ttftMs) },
        { name: 'Tokens/s', value: rate === null ? '–' : formatDecimal(rate) },
        { name: 'Time', value: formatDuration(elapsedMs) },
        { name: 'Tokens', value: `${formatCompact(input)} → ${formatCompact(output)}` },
        { name: 'Cost', value: cost === null ? '–' : <Money usd={cost} /> },
        ...(trace?.savedUsd ? [{ name: 'Saved', value: <Money usd={trace.savedUsd} /> }] : []),
      ]}
    />
  );
}
