/** A library that mocks requests, as a test uses it. On `mocked.example` it answers `/json`, `/stream` and `/echo`. */
export interface Mock {
  on(): void;
  off(): void;
}
