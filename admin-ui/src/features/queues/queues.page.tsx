import { Page } from '../../components/page';

export default function QueuesPage() {
  return <Page title="Queues">soon</Page>;
}
