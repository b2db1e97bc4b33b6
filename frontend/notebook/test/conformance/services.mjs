// Do our kernel addresses speak Jupyter? JupyterLab's own client starts a kernel, runs, interrupts, restarts.
// Takes BASE_URL (http://host:port), SLUG, COOKIE (the whole header) and CSRF_TOKEN; prints one line of JSON.
import { KernelManager, ServerConnection } from "@jupyterlab/services";
import WebSocket from "ws";

const { BASE_URL, SLUG, COOKIE, CSRF_TOKEN } = process.env;
const SECONDS = Number(process.env.SECONDS ?? 60);

class PageSocket extends WebSocket {
  constructor(url, protocols) {
    super(url, protocols, { headers: { Cookie: COOKIE }, origin: BASE_URL });
  }
}

const serverSettings = ServerConnection.makeSettings({
  baseUrl: `${BASE_URL}/kernel/${SLUG}/`,
  wsUrl: `${BASE_URL.replace(/^http/, "ws")}/kernel/${SLUG}/`,
  token: "",
  init: { headers: { Cookie: COOKIE, "X-CSRFToken": CSRF_TOKEN, Referer: `${BASE_URL}/` } },
  WebSocket: PageSocket,
});

async function run(kernel, code, during = () => {}) {
  const outputs = [];
  const future = kernel.requestExecute({ code });
  future.onIOPub = ({ header, content }) => {
    if (header.msg_type === "execute_input") during();
    if (header.msg_type === "execute_result") outputs.push(content.data["text/plain"]);
    if (header.msg_type === "stream") outputs.push(content.text);
    if (header.msg_type === "error") outputs.push(content.ename);
  };
  const { content } = await future.done;
  return { status: content.status, count: content.execution_count, outputs };
}

async function main() {
  // Their lists of kernels are not ours to serve: nothing is polled.
  const manager = new KernelManager({ serverSettings, standby: () => true });
  const kernel = await manager.startNew({ name: "python3" });
  const info = await kernel.info;
  const seen = { language: info.language_info.name, protocol: info.protocol_version };
  seen.sum = await run(kernel, "1 + 1");
  const started = Date.now();
  seen.interrupted = await run(kernel, "import time\ntime.sleep(60)", () => setTimeout(() => kernel.interrupt(), 200));
  seen.interruptSeconds = (Date.now() - started) / 1000;
  await run(kernel, "kept = 1");
  const { id } = kernel;
  await kernel.restart();
  seen.sameId = kernel.id === id;
  seen.afterRestart = await run(kernel, "print('kept' in globals())");
  await kernel.shutdown();
  seen.ended = kernel.isDisposed;
  manager.dispose();
  return seen;
}

const timer = setTimeout(() => {
  console.error(`no end after ${SECONDS} s`);
  process.exit(1);
}, SECONDS * 1000);
try {
  console.log(JSON.stringify(await main()));
} finally {
  clearTimeout(timer);
}
process.exit(0);
