/** A body that comes bit by bit. */
export function parts(): ReadableStream<Uint8Array> {
  const left = ["a", "b", "c"];
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      const part = left.shift();
      if (part === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(part));
    },
  });
}
