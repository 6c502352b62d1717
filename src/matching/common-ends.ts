/** Counts the elements (characters, bytes) that two sequences share at the beginning. */
export function commonHead<T>(a: ArrayLike<T>, b: ArrayLike<T>): number {
  const shorter = Math.min(a.length, b.length);
  let length = 0;
  while (length < shorter && a[length] === b[length]) length++;
  return length;
}

/** Counts the elements that two sequences share at the end, without the first `head`. */
export function commonTail<T>(a: ArrayLike<T>, b: ArrayLike<T>, head = 0): number {
  const most = Math.min(a.length, b.length) - head;
  let length = 0;
  while (length < most && a[a.length - 1 - length] === b[b.length - 1 - length]) length++;
  return length;
}
