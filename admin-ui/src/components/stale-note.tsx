import { ApiError } from '../api/api-error';
import { Button } from './button';

interface StaleNoteProps {
  readonly error: Error;
  readonly onRetry: () => void;
}

/** Above what was fetched before, when it could not be fetched anew. Silence of the relay is told once, above the page. */
export function StaleNote({ error, onRetry }: StaleNoteProps) {
  if (error instanceof ApiError && error.unreachable) return null;
  return (
    <p className="tone-warn" role="status">
      This is from before; it could not be loaded anew: <span className="foreign">{error.message}</span>{' '}
      <Button onClick={onRetry}>Try again</Button>
    </p>
  );
}
