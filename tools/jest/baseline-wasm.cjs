// The embedded PostgreSQL is WebAssembly that a test uses for seconds: V8 would spend more time on optimising it (1.4 s of CPU a start)
// than the faster code then saves.
require('node:v8').setFlagsFromString('--liftoff-only');
