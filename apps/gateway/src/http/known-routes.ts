/** The routes that there are, to tell a path that takes other methods from one that nobody knows. */
export class KnownRoutes {
  private readonly routes: { readonly path: RegExp; readonly methods: readonly string[] }[] = [];

  /** `url` as it is registered, with `:name` for one part and `*` for the rest. */
  note({ url, method }: { readonly url: string; readonly method: string | string[] }): void {
    const pattern = url
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replace(/:[A-Za-z_]+/g, '[^/]+')
      .replace(/\*/g, '.*');
    this.routes.push({ path: new RegExp(`^${pattern}$`), methods: [method].flat() });
  }

  /** What a path takes, sorted; empty if there is no such path. */
  methodsOf(path: string): string[] {
    const methods = this.routes.filter((route) => route.path.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}
