import { hash } from "node:crypto";

/** Bytes that are no text, by what tells them apart from others. */
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
