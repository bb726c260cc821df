import { Button } from './button';

interface StaleNoteProps {
  readonly error: Error | null;
  readonly onRetry: () => void;
}

/** Above what was fetched before, when it could not be fetched anew. */
export function StaleNote({ error, onRetry }: StaleNoteProps) {
  return (
    <p className="tone-warn" role="status">
      This is from before; it could not be loaded anew: <span className="foreign">{error?.message}</span>{' '}
      <Button onClick={onRetry}>Try again</Button>
    </p>
  );
}
