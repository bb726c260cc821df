import { type ArgumentMetadata, Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { checkHostile } from './hostile-input';
import { checkRangeOrder } from './range-order';
import { type Issue, validationError } from './validation-error';

class InvalidInput extends Error {
  constructor(readonly issues: readonly Issue[]) {
    super('invalid input');
  }
}

/** Checks bodies and queries against the schema of their decorator; the refusal says what is wrong, where, what is allowed. */
@Injectable()
export class ApiValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues) => new InvalidInput(issues) });
  }

  override async transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    const hostile = checkHostile(value, metadata.type === 'param' ? metadata.data : undefined);
    if (!hostile.ok) throw hostile.error;
    const order = metadata.type === 'param' ? undefined : checkRangeOrder(value);
    try {
      const transformed = await super.transform(value, metadata);
      if (order?.ok === false) throw order.error;
      return transformed;
    } catch (thrown) {
      throw thrown instanceof InvalidInput ? validationError(thrown.issues, metadata.schema) : thrown;
    }
  }
}
