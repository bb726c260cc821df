/** The vector at length 1, as 32-bit numbers; `null` if it has no direction or is no vector of numbers. */
export function normalise(values: ArrayLike<number>): Float32Array | null {
  let squares = 0;
  for (let index = 0; index < values.length; index++) squares += (values[index] ?? 0) ** 2;
  const length = Math.sqrt(squares);
  if (!(length > 0 && length < Infinity)) return null; // NaN too
  return Float32Array.from(values, (value) => value / length);
}
