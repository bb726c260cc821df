export * from './config-reloader.port';
export * from './config-store';
export * from './environment';
export * from './load-config';
export * from './load-environment';
export * from './relay-config.schema';
