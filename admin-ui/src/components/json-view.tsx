import { useMemo, useState } from 'react';
import { Button } from './button';
import { CopyButton } from './copy-button';
import { formatBytes } from '../format/number';
import './json-view.css';

/** Characters that are drawn at first: a page with more of them in one element stalls when it scrolls. */
const SHOWN = 50_000;

interface TextViewProps {
  readonly text: string;
  readonly label: string;
}

/** Text from anywhere, as text; the rest of a long one on request. */
export function TextView({ text, label }: TextViewProps) {
  const [shown, setShown] = useState(SHOWN);
  return (
    <>
      <pre className="text-view foreign" tabIndex={0} role="region" aria-label={label} dir="auto">
        {text.slice(0, shown)}
      </pre>
      {text.length > shown ? (
        <Button onClick={() => setShown(shown * 4)}>Show more ({formatBytes(text.length - shown)} left)</Button>
      ) : null}
    </>
  );
}

/** Any value as JSON, with a button that copies all of it. */
export function JsonView({ value, label }: { readonly value: unknown; readonly label: string }) {
  const text = useMemo(() => JSON.stringify(value, null, 2) ?? 'undefined', [value]);
  return (
    <section>
      <div className="text-view-head">
        <h3>{label}</h3>
        <CopyButton text={text} what={label} />
      </div>
      <TextView text={text} label={label} />
    </section>
  );
}
