import type { ConditionalPrice, ModelInfo } from '@pydantic/genai-prices';

const DAY_MS = 86_400_000;

/** Ms since the epoch, when a price next changes by its own calendar: from a date on, or by the time of day; null: never. */
export function nextChange(prices: ModelInfo['prices'], at: number): number | null {
  if (!Array.isArray(prices)) return null;
  const times = prices.flatMap((price) => changesOf(price, at)).filter((time) => time > at);
  return times.length === 0 ? null : Math.min(...times);
}

function changesOf({ constraint }: ConditionalPrice, at: number): number[] {
  if (constraint === undefined) return [];
  if (constraint.type === 'start_date') return [Date.parse(constraint.start_date)];
  const today = new Date(at).toISOString().slice(0, 'yyyy-mm-dd'.length);
  const ofToday = [constraint.start_time, constraint.end_time].map((time) => Date.parse(`${today}T${time}`));
  return ofToday.map((time) => (time > at ? time : time + DAY_MS));
}
