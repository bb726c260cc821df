export * from './cancellation';
export * from './canonical-json';
export * from './clock';
export * from './errors';
export * from './ids';
export * from './request-context';
export * from './result';
