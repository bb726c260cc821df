import { type ArgumentMetadata, Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { checkHostile } from './hostile-input';
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
    try {
      return await super.transform(value, metadata);
    } catch (thrown) {
      throw thrown instanceof InvalidInput ? validationError(thrown.issues, metadata.schema) : thrown;
    }
  }
}
