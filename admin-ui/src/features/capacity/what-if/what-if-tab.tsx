import { useMutation } from '@tanstack/react-query';
import { api, dataOf } from '../../../api/client';
import { Card } from '../../../components/card';
import { EmptyState, ErrorState, SkeletonLines } from '../../../components/states';
import { windowOf, type WhatIf } from '../capacity.queries';
import { useCapacityView } from '../capacity-view';
import { WhatIfAnswer } from './what-if-answer';
import { WhatIfForm } from './what-if-form';

/** What another tenant would change: on top of the busiest hour there is. */
export function WhatIfTab() {
  const { view } = useCapacityView();
  const ask = useMutation({
    mutationFn: (asked: Omit<WhatIf, 'from' | 'to' | 'targetWaitMs'>) =>
      dataOf(
        api.POST('/api/capacity/what-if', { body: { ...asked, ...windowOf(view), targetWaitMs: view.targetWaitMs } }),
      ),
  });
  return (
    <div className="what-if-grid">
      <Card title="Another tenant" hint="What it would ask for; it comes on top of the busiest hour">
        <WhatIfForm busy={ask.isPending} onAsk={ask.mutate} />
      </Card>
      <div className="what-if-answer">
        {ask.isPending ? <SkeletonLines lines={8} /> : null}
        {ask.isError ? <ErrorState error={ask.error} /> : null}
        {ask.isSuccess ? <WhatIfAnswer answer={ask.data} /> : null}
        {ask.isIdle ? (
          <Card title="Before and after">
            <EmptyState
              title="Nothing is asked yet"
              text="Slots, waits, limits and the cost of a month, before and after."
            />
          </Card>
        ) : null}
      </div>
    </div>
  );
}
