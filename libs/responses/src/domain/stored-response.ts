import type { JsonObject } from '@relay/protocols';
import type { ResponseStatus } from './response-status';

/** A response that its tenant can come back to. */
export interface StoredResponse {
  readonly id: string;
  readonly status: ResponseStatus;
  readonly background: boolean;
  readonly previousId: string | null;
  /** The body of the request as the client wrote it. */
  readonly asked: JsonObject;
  /** The response object as the client got it; its status may lag behind. */
  readonly answer: JsonObject;
}

/** The response object as it is now. */
export function responseView({ answer, status }: StoredResponse): JsonObject {
  return answer['status'] === status ? answer : { ...answer, status };
}
