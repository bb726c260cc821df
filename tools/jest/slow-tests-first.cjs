const Sequencer = require('@jest/test-sequencer').default;

const SLOW = /\.(e2e-|browser-|integration\.)spec\.ts$/;

/** Starts tests of whole relays before all others, so that at the end no worker waits for a long one. */
module.exports = class SlowTestsFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isSlow = ({ path }) => SLOW.test(path);
    return [...sorted.filter(isSlow), ...sorted.filter((test) => !isSlow(test))];
  }
};
