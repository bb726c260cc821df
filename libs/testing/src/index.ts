export * from './chat-fixtures';
export * from './embedded-template';
export * from './fake-clock';
export * from './gate';
export * from './say-skipped';
export * from './scripted-upstream';
export * from './upstream-script';
export * from './test-databases';
