/**
 * Condition on `request_traces`: an app (or the relay itself) asked for a model. The list of models, files, stored responses and other requests
 * that no model answers have traces as well, and take a millisecond: they are in no figure of latency or of failures.
 */
export const IS_OF_A_MODEL = 'model IS NOT NULL';
