import { feedbackRequestSchema, type FeedbackRequest } from '@relay/contracts';
import { ok, type RelayError, type Result } from '@relay/core';
import { describeIssue, parseJsonBody } from './json-body';

/** The body of `POST /v1/feedback`; a refusal names the field. */
export function parseFeedback(body: Buffer): Result<FeedbackRequest, RelayError> {
  const json = parseJsonBody(body, 'a JSON object with "trace_id" and "score"');
  if (!json.ok) return json;
  const checked = feedbackRequestSchema.safeParse(json.value);
  return checked.success ? ok(checked.data) : describeIssue(checked.error.issues[0]);
}
