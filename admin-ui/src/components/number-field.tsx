import { NumberInput, type NumberInputProps } from '@mantine/core';
import { useState } from 'react';
import { numberOf } from './number-text';

interface NumberFieldProps extends Omit<NumberInputProps, 'value' | 'onChange' | 'defaultValue'> {
  readonly value: number | null; // null: left empty
  readonly onChange: (value: number | null) => void;
}

/** A number that can be typed sign by sign: "0." stays what it is until its digits follow. */
export function NumberField({ value, onChange, ...rest }: NumberFieldProps) {
  const [typed, setTyped] = useState<string | number>(value ?? '');
  const shown = numberOf(typed) === value ? typed : (value ?? '');
  return (
    <NumberInput
      hideControls
      {...rest}
      value={shown}
      onChange={(next) => {
        setTyped(next);
        onChange(numberOf(next));
      }}
    />
  );
}
