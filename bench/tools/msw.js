import { HttpResponse, http } from "msw-3";
import { setupServer } from "msw-3/node";
import { chatAnswer } from "../support/chat.ts";

/**
 * Does not record: a handler makes each answer by hand.
 *
 * @type {import("../support/tools.ts").Tool}
 */
export const tool = {
  record: async () => {},
  async replay(_, origin, work) {
    const encoder = new TextEncoder();
    const answer = http.post(`${origin}/*`, async ({ request }) => {
      const asked = await request.json();
      const chunks = chatAnswer(asked);
      if (!asked.stream) return HttpResponse.json(JSON.parse(chunks[0] ?? ""));
      const rest = [...chunks];
      const body = new ReadableStream({
        pull(controller) {
          const chunk = rest.shift();
          if (chunk === undefined) controller.close();
          else controller.enqueue(encoder.encode(chunk));
        },
      });
      return new HttpResponse(body, { headers: { "content-type": "text/event-stream" } });
    });
    const server = setupServer(answer);
    server.listen({ onUnhandledRequest: "bypass" });
    await work(origin);
    server.close();
  },
};
