import { Page } from '../../components/page';

export default function TracesPage() {
  return <Page title="Traces">soon</Page>;
}
