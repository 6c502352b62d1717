/** Reports what is wrong with a text as YAML, at an offset of the file. */
export class YamlError extends Error {
  override readonly name = "YamlError";
  readonly offset: number;
  /** The text exceeds a limit; it may be valid YAML. */
  readonly tooLarge: boolean;

  constructor(message: string, offset: number, options?: { readonly tooLarge?: boolean }) {
    super(message);
    this.offset = offset;
    this.tooLarge = options?.tooLarge ?? false;
  }
}
