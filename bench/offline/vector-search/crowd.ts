/** Vectors of one tenant: questions come in clusters, of which some are asked far more often than others. */
export class Crowd {
  private readonly centres: Float32Array[];

  constructor(
    private readonly random: () => number,
    private readonly dimensions: number,
    clusters: number,
  ) {
    this.centres = Array.from({ length: clusters }, () => this.direction());
  }

  /** A question of a cluster drawn with odds 1 / rank (Zipf): on average at a cosine of `MEMBER_COSINE` to its centre. */
  draw(): Float32Array {
    const rank = Math.floor(this.centres.length ** this.random()) - 1;
    return this.near(this.centres[rank] ?? this.direction(), MEMBER_COSINE);
  }

  /** The same question in other words. */
  paraphrase(of: Float32Array): Float32Array {
    return this.near(of, PARAPHRASE_COSINE);
  }

  private near(centre: Float32Array, cosine: number): Float32Array {
    const noise = this.direction();
    const sine = Math.sqrt(1 - cosine * cosine); // two random directions of 512 dimensions are all but orthogonal
    return unit(centre.map((value, i) => cosine * value + sine * (noise[i] ?? 0)));
  }

  private direction(): Float32Array {
    return unit(Float32Array.from({ length: this.dimensions }, () => this.gauss()));
  }

  /** Box and Muller 1958. */
  private gauss(): number {
    return Math.sqrt(-2 * Math.log(1 - this.random())) * Math.cos(2 * Math.PI * this.random());
  }
}

/** Of members of a cluster to its centre; to each other it is the square, 0.64. */
const MEMBER_COSINE = 0.8;
const PARAPHRASE_COSINE = 0.9;

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
