import { startProviderServer } from "../tests/support/provider-server/index.ts";

// A fixed port, because matching compares it.
await startProviderServer({
  port: 41414,
  script: {
    pace: 25,
    headerDelay: 120,
    text: "Because light attracts bugs. 🐛 And bugs, as everybody knows, attract more light.",
  },
});
process.stdout.write("ready\n");
