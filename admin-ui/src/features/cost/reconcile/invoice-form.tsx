import { Button, FileInput, Select, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { providersQuery } from '../../../api/queries/relay.queries';
import { formatBytes } from '../../../format/number';
import { COLUMNS, lastMonth, windowOf, type ReconcileInvoice } from './invoice';

/** What the API takes at most, in characters. */
const MAX_CSV = 20_000_000;
const GROUPS = [
  { value: 'day+model', label: 'Day and model' },
  { value: 'day', label: 'Day' },
  { value: 'model', label: 'Model' },
];

interface InvoiceFormProps {
  readonly busy: boolean;
  readonly onCompare: (invoice: ReconcileInvoice) => void;
}

export function InvoiceForm({ busy, onCompare }: InvoiceFormProps) {
  const providers = useQuery(providersQuery).data?.data ?? [];
  const [provider, setProvider] = useState<string | null>(null);
  const [days, setDays] = useState(() => lastMonth(Date.now()));
  const [groupBy, setGroupBy] = useState<ReconcileInvoice['groupBy']>('day+model');
  const [columns, setColumns] = useState<ReconcileInvoice['columns']>({});
  const csv = useCsv();
  const window = windowOf(days.first, days.last);
  const ready = provider !== null && window !== null && csv.text.trim() !== '' && csv.problem === null;
  return (
    <form
      className="invoice-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !busy) onCompare({ provider, ...window, groupBy, columns, csv: csv.text, currency: 'USD' });
      }}
    >
      <Select
        label="Provider"
        withAsterisk
        searchable
        data={providers.map(({ id }) => id)}
        value={provider}
        onChange={setProvider}
      />
      <div className="invoice-days">
        <TextInput
          type="date"
          label="First day"
          value={days.first}
          onChange={(event) => setDays({ ...days, first: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label="Last day"
          value={days.last}
          error={window === null ? 'Not before the first' : null}
          onChange={(event) => setDays({ ...days, last: event.currentTarget.value })}
        />
      </div>
      <Select
        label="Compare by"
        allowDeselect={false}
        data={GROUPS}
        value={groupBy}
        onChange={(next) => setGroupBy((next ?? 'day+model') as ReconcileInvoice['groupBy'])}
      />
      <FileInput
        label="File"
        placeholder="Choose a CSV file"
        accept=".csv,text/csv"
        clearable
        clearButtonProps={{ 'aria-label': 'No file' }}
        value={csv.file}
        onChange={csv.setFile}
        error={csv.problem}
      />
      {csv.file === null ? (
        <Textarea
          label="Or pasted"
          placeholder="date,model,cost_usd"
          rows={6}
          spellCheck={false}
          value={csv.text}
          onChange={(event) => csv.setText(event.currentTarget.value)}
        />
      ) : null}
      <details>
        <summary>Name the columns</summary>
        {COLUMNS.map(({ name, label }) => (
          <TextInput
            key={name}
            size="xs"
            label={label}
            maxLength={128}
            value={columns[name] ?? ''}
            onChange={(event) => setColumns(withColumn(columns, name, event.currentTarget.value))}
          />
        ))}
      </details>
      <Button type="submit" size="xs" loading={busy} disabled={!ready}>
        Compare
      </Button>
    </form>
  );
}

function withColumn(columns: ReconcileInvoice['columns'], name: (typeof COLUMNS)[number]['name'], value: string) {
  const { [name]: _, ...others } = columns;
  return value.trim() === '' ? others : { ...others, [name]: value.trim() };
}

/** What was pasted, or what the chosen file says. Files stay out of the text field: they have up to 20 MB. */
function useCsv() {
  const [text, setText] = useState('');
  const [file, choose] = useState<File | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const latest = useRef<File | null>(null);
  const setFile = (next: File | null): void => {
    latest.current = next;
    choose(next);
    setText('');
    setProblem(null);
    if (next === null) return;
    if (next.size > MAX_CSV) return setProblem(`It has ${formatBytes(next.size)}; allowed: ${formatBytes(MAX_CSV)}`);
    const whileChosen = (tell: () => void): void => (latest.current === next ? tell() : undefined); // a large one may be read after the next
    next.text().then(
      (read) => whileChosen(() => setText(read)),
      () => whileChosen(() => setProblem('The file could not be read')),
    );
  };
  return { text, setText, file, setFile, problem };
}
