import type { Change } from './audit-changes';

/** What was, and what is now, field by field. */
export function ChangeTable({ changes }: { readonly changes: readonly Change[] }) {
  return (
    <div className="change-scroll" tabIndex={0} role="region" aria-label="Changes">
      <table className="plain-table change-table" aria-label="What was changed">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ field, from, to }) => (
            <tr key={field}>
              <th scope="row" className="foreign">
                {field}
              </th>
              <td className="mono foreign change-from">{shown(from)}</td>
              <td className="mono foreign change-to">{shown(to)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Characters of a value in the table; the JSON below has all of it. */
const MAX_SHOWN = 2_000;

function shown(value: unknown): string {
  if (value === null || value === undefined) return '–';
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
