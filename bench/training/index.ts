import { tokens } from './calibrate-tokens';
import { classifier } from './classifier';
import { pairs } from './pairs';
import { quality } from './quality';
import type { Trainer } from './trainer';

/** Every model that can be trained, by name. A new one is a file or folder here and a line below. */
export const trainers: Readonly<Record<string, Trainer>> = { classifier, pairs, quality, tokens };
