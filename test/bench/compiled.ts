/** A module of the compiled program: what is measured is what runs, and that has no types of its own. */
export function compiled<Module>(path: string): Promise<Module> {
  return import(new URL(`../../dist/${path}`, import.meta.url).href) as Promise<Module>;
}
