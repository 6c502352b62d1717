/** What follows a command on its command line. */
export interface Invocation {
  /** The words without dashes. */
  readonly names: readonly string[];
  /** Whether the option was given. */
  flag(name: string): boolean;
  /** All values of an option, in order. */
  values(name: string): readonly string[];
}
