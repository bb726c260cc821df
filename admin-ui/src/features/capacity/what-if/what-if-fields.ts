/** Figures of a tenant that does not exist yet, by their names in the address and in the form. */
export const FIELDS = [
  { name: 'rpm', label: 'Requests a minute', hint: null, required: true, initial: '60' },
  { name: 'in', label: 'Input tokens of a request', hint: null, required: true, initial: '800' },
  { name: 'out', label: 'Output tokens of a request', hint: null, required: true, initial: '300' },
  {
    name: 'burst',
    label: 'Burstiness',
    hint: 'Variance over mean of its requests a minute: 1 at random',
    required: true,
    initial: '1',
  },
  { name: 'usd', label: 'Budget of a month in USD', hint: 'None: left out', required: false, initial: '' },
] as const;
export type FieldName = (typeof FIELDS)[number]['name'];

/** As the API takes them; null while something is missing or is no such number. */
export function readFields(texts: Readonly<Record<FieldName, string>>) {
  const number = (name: FieldName): number => (texts[name].trim() === '' ? NaN : Number(texts[name]));
  const [requestsPerMinute, inputTokens, outputTokens, burstiness] = [
    number('rpm'),
    number('in'),
    number('out'),
    number('burst'),
  ];
  const tokens =
    Number.isInteger(inputTokens) && inputTokens >= 0 && Number.isInteger(outputTokens) && outputTokens >= 0;
  if (!(requestsPerMinute > 0) || !tokens || !(burstiness >= 0)) return null;
  const figures = { requestsPerMinute, inputTokens, outputTokens, burstiness };
  if (texts.usd.trim() === '') return figures;
  const monthlyUsd = number('usd');
  return monthlyUsd > 0 ? { ...figures, monthlyUsd } : null;
}
