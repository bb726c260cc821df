import type { Prediction, ServiceQuestion } from '../domain/prediction/prediction';

/** Foretells what a call will be like; synchronous, and says so where nothing like it was seen. */
export interface Predictor {
  predict(question: ServiceQuestion): Prediction;
}

export const PREDICTOR = Symbol('PREDICTOR');
