import type { Schemas } from '../../../api/client';

/** The text of a difference, line by line; what has too little in common is told in numbers. */
export function DiffText({ diff }: { readonly diff: Schemas['PolicyDiff'] }) {
  if (diff.equal) return <p>They say the same.</p>;
  const { added, removed, changed, moved } = diff.rules;
  return (
    <>
      <p>
        {diff.from} → {diff.to}: {added.length} rules added, {removed.length} removed, {changed.length} changed,{' '}
        {moved.length} moved, {diff.fields.length} other fields.
      </p>
      {diff.text === null ? null : (
        <pre className="text-view diff-text foreign" tabIndex={0} role="region" aria-label="Difference">
          {diff.text.split('\n').map((line, at) => (
            <span key={at} className={classOf(line)}>
              {line}
              {'\n'}
            </span>
          ))}
        </pre>
      )}
    </>
  );
}

function classOf(line: string): string {
  if (line.startsWith('+')) return 'is-added';
  return line.startsWith('-') ? 'is-removed' : '';
}
