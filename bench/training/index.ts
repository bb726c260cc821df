import { tokens } from './calibrate-tokens';
import { quality } from './quality';
import { classifier } from './classifier';
import type { Trainer } from './trainer';

/** Every model that can be trained, by name. A new one is a file or folder here and a line below. */
export const trainers: Readonly<Record<string, Trainer>> = { quality, tokens };
