import { openCase } from "../support/open-case.ts";

export default openCase("Opening a recording of 3 MB (10,000 chunks), until the head of its answer", "3-mb");
