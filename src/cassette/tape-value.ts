/** A value as a tape stores it: JSON. Other values are written as `{ $date: ... }` and the like. */
export type TapeValue =
  | null
  | boolean
  | number
  | string
  | readonly TapeValue[]
  | { readonly [key: string]: TapeValue };
