import { Autocomplete, Button, NumberInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useUrlState } from '../../../state/url-state';
import { modelsQuery, type WhatIf } from '../capacity.queries';
import { FIELDS, readFields, type FieldName } from './what-if-fields';

interface WhatIfFormProps {
  readonly busy: boolean;
  readonly onAsk: (asked: Omit<WhatIf, 'from' | 'to' | 'targetWaitMs'>) => void;
}

/** What is asked is kept in the address, so that a link leads to the same question. */
export function WhatIfForm({ busy, onAsk }: WhatIfFormProps) {
  const [params, change] = useUrlState();
  const models = useQuery(modelsQuery).data ?? [];
  const [model, setModel] = useState(params.get('model') ?? '');
  const [texts, setTexts] = useState(() => textsOf(params));
  const figures = readFields(texts);
  const ready = model.trim() !== '' && figures !== null;
  return (
    <form
      className="what-if-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!ready || busy) return;
        change({ model, ...texts });
        onAsk({ model: model.trim(), ...figures });
      }}
    >
      <Autocomplete
        label="Model"
        description="Of relay.yaml"
        withAsterisk
        data={models}
        value={model}
        onChange={setModel}
      />
      {FIELDS.map(({ name, label, hint, required }) => (
        <NumberInput
          key={name}
          label={label}
          {...(hint ? { description: hint } : {})}
          withAsterisk={required}
          min={0}
          hideControls
          thousandSeparator=","
          value={texts[name]}
          onChange={(value) => setTexts({ ...texts, [name]: String(value) })}
        />
      ))}
      <Button type="submit" size="xs" loading={busy} disabled={!ready}>
        Work it out
      </Button>
    </form>
  );
}

const textsOf = (params: URLSearchParams) =>
  Object.fromEntries(FIELDS.map(({ name, initial }) => [name, params.get(name) ?? initial])) as Record<
    FieldName,
    string
  >;
