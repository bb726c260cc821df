export { within } from '@relay/core';
