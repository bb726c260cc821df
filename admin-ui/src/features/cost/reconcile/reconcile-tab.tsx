import { useMutation } from '@tanstack/react-query';
import { api, dataOf } from '../../../api/client';
import { Card } from '../../../components/card';
import { EmptyState, ErrorState, SkeletonLines } from '../../../components/states';
import { InvoiceForm } from './invoice-form';
import { InvoiceReport } from './invoice-report';
import type { ReconcileInvoice } from './invoice';

/** A provider's invoice beside what the traces say. Nothing is changed by it. */
export function ReconcileTab() {
  const compare = useMutation({
    mutationFn: (body: ReconcileInvoice) => dataOf(api.POST('/api/usage/reconcile', { body })),
  });
  return (
    <div className="invoice-grid">
      <Card title="Invoice" hint="The provider’s export as CSV; it is compared, and not kept">
        <InvoiceForm busy={compare.isPending} onCompare={compare.mutate} />
      </Card>
      <Card title="Differences" hint="Invoice less traces, by UTC day and the provider’s name of the model">
        {compare.isPending ? <SkeletonLines lines={8} /> : null}
        {compare.isError ? <ErrorState error={compare.error} /> : null}
        {compare.isSuccess ? <InvoiceReport report={compare.data} /> : null}
        {compare.isIdle ? (
          <EmptyState
            title="Nothing is compared yet"
            text="Exports of OpenAI and Anthropic are known, and plain tables with columns such as date, model and cost_usd."
          />
        ) : null}
      </Card>
    </div>
  );
}
