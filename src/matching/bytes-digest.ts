import { hash } from "node:crypto";

/** Stands for bytes that are not text: their length and hash. */
export class BytesDigest {
  readonly length: number;
  readonly sha256: string;

  constructor(bytes: Uint8Array) {
    this.length = bytes.length;
    this.sha256 = hash("sha256", bytes, "hex");
  }

  toJSON(): { readonly bytes: number; readonly sha256: string } {
    return { bytes: this.length, sha256: this.sha256 };
  }
}
