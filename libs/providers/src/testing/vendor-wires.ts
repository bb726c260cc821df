import { anthropicWire } from './anthropic-wire';
import { bedrockWire } from './bedrock-wire';
import { cohereWire } from './cohere-wire';
import { googleWire } from './google-wire';

export const VENDOR_WIRES = [anthropicWire, googleWire, bedrockWire, cohereWire];
