import { Button } from '@mantine/core';
import { Link, useRouteError } from 'react-router';
import { EmptyState, ErrorState } from '../components/states';
import { usePageTitle } from '../components/page';

/** A page that broke, or whose code could not be fetched since the relay was updated: the rest of the console stays. */
export function PageFault() {
  return <ErrorState error={useRouteError()} onRetry={() => window.location.reload()} />;
}

export function NotFound() {
  usePageTitle('Not found');
  return (
    <EmptyState
      title="There is no such page"
      text="The address may be of an older version of the console."
      actions={
        <Button component={Link} to="/" variant="light" size="xs">
          Overview
        </Button>
      }
    />
  );
}
