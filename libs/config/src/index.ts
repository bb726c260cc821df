export * from './config-store';
export * from './environment';
export * from './relay-config.schema';
