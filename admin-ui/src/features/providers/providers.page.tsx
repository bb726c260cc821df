import { Page } from '../../components/page';

export default function ProvidersPage() {
  return <Page title="Providers">soon</Page>;
}
