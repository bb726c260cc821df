import { newTraceId } from '@relay/core';

const DASHES = /-/g;
const FILE = /^file-[0-9a-f]{32}$/;
const BATCH = /^batch_[0-9a-f]{32}$/;

const hexAt = (now: number): string => newTraceId(now).replace(DASHES, '');

/** Ids sort by the time they were made, ms. */
export const newFileId = (now: number): string => `file-${hexAt(now)}`;
export const newBatchId = (now: number): string => `batch_${hexAt(now)}`;

export const isFileId = (text: string): boolean => FILE.test(text);
export const isBatchId = (text: string): boolean => BATCH.test(text);
