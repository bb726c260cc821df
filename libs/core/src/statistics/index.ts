export * from './intervals';
export * from './normal-quantile';
export * from './voices';
