/** Service of a tenant in weighted tokens: as the relay counts cost, and as in the experiments of the VTC paper (wp = 1, wq = 2). */
export const INPUT_WEIGHT = 1;
export const OUTPUT_WEIGHT = 2;
