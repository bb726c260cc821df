import { IdentityChanges } from '@relay/auth';
import { ProviderOverrides, TargetMonitor } from '@relay/providers';
import { Injectable } from '@nestjs/common';

/** Does here at once what operators said of providers anywhere. Of a message that is lost the next look into the database knows. */
@Injectable()
export class OperatorWords {
  constructor(changes: IdentityChanges, overrides: ProviderOverrides, monitor: TargetMonitor) {
    changes.listen({
      changed: ({ kind, id }) => {
        if (kind === 'provider') void overrides.refresh();
        if (kind === 'breakers') monitor.reset(id);
      },
      missed: () => void overrides.refresh(),
    });
  }
}
