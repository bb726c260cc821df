import type { Guard } from './guard';

export const direction: Guard = () => null;
