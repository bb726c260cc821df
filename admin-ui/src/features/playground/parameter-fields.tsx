import { Checkbox, Select, TextInput } from '@mantine/core';
import type { Draft } from './draft';

const CACHE = [
  { value: '', label: 'By policy' },
  { value: 'no-cache', label: 'Fresh' },
  { value: 'no-store', label: 'No store' },
];
const PRIORITIES = [
  { value: '', label: 'By policy' },
  { value: 'interactive', label: 'interactive' },
  { value: 'standard', label: 'standard' },
  { value: 'batch', label: 'batch' },
];
const PREFERENCES = [
  { value: '', label: 'None' },
  { value: 'quality', label: 'quality' },
  { value: 'cost', label: 'cost' },
  { value: 'latency', label: 'latency' },
];

interface ParameterFieldsProps {
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
}

/** Fields of the body on the left, headers that steer the relay on the right. */
export function ParameterFields({ draft, onChange }: ParameterFieldsProps) {
  const number = (label: string, name: 'temperature' | 'topP' | 'maxTokens') => (
    <TextInput
      label={label}
      size="xs"
      inputMode="decimal"
      maxLength={12}
      placeholder="default"
      value={draft[name]}
      onChange={(event) => onChange({ [name]: event.currentTarget.value })}
    />
  );
  const choice = (
    label: string,
    name: 'cacheControl' | 'priority' | 'prefer',
    data: readonly { value: string; label: string }[],
  ) => (
    <Select
      label={label}
      size="xs"
      allowDeselect={false}
      data={data}
      value={draft[name]}
      onChange={(value) => onChange({ [name]: value ?? '' })}
    />
  );
  return (
    <div className="parameters">
      {number('Temperature', 'temperature')}
      {number('Top p', 'topP')}
      {number('Longest answer', 'maxTokens')}
      {choice('Cache', 'cacheControl', CACHE)}
      {choice('Priority', 'priority', PRIORITIES)}
      {choice('Prefer', 'prefer', PREFERENCES)}
      <TextInput
        className="parameters-wide"
        label="Tags"
        size="xs"
        maxLength={200}
        placeholder="checkout, search"
        value={draft.tags}
        onChange={(event) => onChange({ tags: event.currentTarget.value })}
      />
      <Checkbox
        label="Stream"
        size="xs"
        checked={draft.stream}
        onChange={(event) => onChange({ stream: event.currentTarget.checked })}
      />
    </div>
  );
}
