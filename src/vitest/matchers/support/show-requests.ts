import type { RecordedRequest } from "../../../cassette/model.ts";
import type { RequestField } from "./sent-request.ts";
import { cut, list } from "./show.ts";
import { type Row, rowsToShow, table, withGaps } from "./table.ts";

/** The requests that were sent, those in focus marked, with the fields in which each differs. */
export function showRequests(
  requests: readonly RecordedRequest[],
  focus: readonly number[],
  differing: (index: number) => readonly RequestField[],
): string {
  if (requests.length === 0) return "    no requests";
  const marked = new Set(focus);
  const rows = withGaps(rowsToShow(requests.length, focus, 6), requests.length, "request", (index): Row => {
    const { method, url } = requests[index]!;
    const fields = differing(index);
    return {
      marked: marked.has(index),
      cells: [String(index), cut(`${method} ${url}`, 90), fields.length === 0 ? "" : `other ${list(fields)}`],
    };
  });
  return table([{ title: "#", align: "right" }, { title: "request" }, { title: "" }], rows);
}
