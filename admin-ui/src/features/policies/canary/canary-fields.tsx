import { NumberInput, Select } from '@mantine/core';
import type { Schemas } from '../../../api/client';
import './canary.css';

type Start = Required<Pick<Schemas['StartCanary'], 'share' | 'unit' | 'guardrails'>>;
export type CanaryTerms = Omit<Start, 'guardrails'> & { readonly guardrails: Schemas['CanaryGuardrails'] };

/** What the API takes where nothing is said. */
export const USUAL_TERMS: CanaryTerms = {
  share: 0.05,
  unit: 'user',
  guardrails: { errorRate: 0.01, p95: 0.2, cost: 0.2, quality: 0.1 },
};

interface CanaryFieldsProps {
  readonly terms: CanaryTerms;
  readonly onChange: (terms: CanaryTerms) => void;
}

/** On whom a version is tried, and how much worse it may be. An empty guardrail is none. */
export function CanaryFields({ terms, onChange }: CanaryFieldsProps) {
  const { share, unit, guardrails } = terms;
  return (
    <fieldset className="canary-fields">
      <legend className="strong">Tried on a share first</legend>
      <NumberInput
        label="Share, %"
        size="xs"
        min={0.1}
        max={50}
        value={Number((share * PERCENT).toFixed(3))}
        onChange={(value) => typeof value === 'number' && onChange({ ...terms, share: value / PERCENT })}
      />
      <Select
        label="Who stays together"
        size="xs"
        data={UNITS}
        value={unit}
        allowDeselect={false}
        onChange={(value) => value && onChange({ ...terms, unit: value as CanaryTerms['unit'] })}
      />
      {GUARDRAILS.map(({ name, label, factor, max }) => (
        <NumberInput
          key={name}
          label={label}
          size="xs"
          min={0}
          max={max}
          placeholder="not guarded"
          value={guardrails[name] === null ? '' : Number((guardrails[name] * factor).toFixed(3))}
          onChange={(value) =>
            onChange({ ...terms, guardrails: { ...guardrails, [name]: value === '' ? null : Number(value) / factor } })
          }
        />
      ))}
      <p className="soft">
        It is stopped by itself as soon as its requests are worse by more than that, beyond doubt: of 20 canaries that
        are not, at most one is stopped.
      </p>
    </fieldset>
  );
}

const PERCENT = 100;

const UNITS = [
  { value: 'user', label: 'A user (a key without one)' },
  { value: 'key', label: 'A key' },
  { value: 'tenant', label: 'A tenant' },
  { value: 'request', label: 'Nobody: each request by itself' },
];

const GUARDRAILS = [
  { name: 'errorRate', label: 'More failures, points', factor: PERCENT, max: 50 },
  { name: 'p95', label: 'Slower at P95, %', factor: PERCENT, max: 1_000 },
  { name: 'cost', label: 'Dearer, %', factor: PERCENT, max: 1_000 },
  { name: 'quality', label: 'Less liked, of -1 to 1', factor: 1, max: 2 },
] as const satisfies readonly { name: keyof CanaryTerms['guardrails']; label: string; factor: number; max: number }[];
