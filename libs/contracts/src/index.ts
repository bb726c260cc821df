export * from './admin-api.schema';
export * from './chat-completion.schema';
export * from './error-codes';
export * from './execution-plan.schema';
export * from './headers';
export * from './policy-document.schema';
export * from './queues';
export * from './trace.schema';
