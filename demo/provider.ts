import { startProviderServer } from "../tests/support/provider-server/index.ts";

// On a fixed port, since the port is part of what is matched.
await startProviderServer({
  port: 41414,
  script: {
    pace: 25,
    headerDelay: 120,
    text: "Because light attracts bugs. 🐛 And bugs, as everybody knows, attract more light.",
  },
});
process.stdout.write("ready\n");
