import { openCase } from "../support/open-case.ts";

export default openCase("Opening a recording of 20 KB, until the head of its answer", "20-kb");
