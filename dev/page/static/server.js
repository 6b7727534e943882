// All that this page asks of its server, and the stream of everything that changes.

async function call(method, path, body) {
  const options = { method, headers: { accept: "application/json" } };
  if (body !== undefined) {
    options.headers["content-type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  try {
    const response = await fetch(path, options);
    const answer = await response.json().catch(() => ({}));
    return { ok: response.ok, status: response.status, answer };
  } catch {
    return { ok: false, status: null, answer: {} };
  }
}

const customer = (userId, act) => `/_local/line/customers/${encodeURIComponent(userId)}${act ? `/${act}` : ""}`;

export const readConfig = () => call("GET", "/_local/page/config");

export const line = {
  addCustomer: (displayName, language) =>
    call("POST", "/_local/line/customers", { displayName, language, follow: true }),
  changeLanguage: (userId, language) => call("PATCH", customer(userId), { language }),
  text: (userId, text) => call("POST", customer(userId, "text"), { text }),
  postback: (userId, data, params) => call("POST", customer(userId, "tap"), params ? { data, params } : { data }),
  area: (userId, area, params) => call("POST", customer(userId, "tap"), params ? { area, params } : { area }),
  sticker: (userId) => call("POST", customer(userId, "sticker"), {}),
  image: (userId) => call("POST", customer(userId, "image"), {}),
  location: (userId, title, address) => call("POST", customer(userId, "location"), { title, address }),
  follow: (userId) => call("POST", customer(userId, "follow"), {}),
  unfollow: (userId) => call("POST", customer(userId, "unfollow"), {}),
  unsend: (userId, messageId) => call("POST", customer(userId, "unsend"), { messageId }),
};

/** Send an event as a back office would; with `id` the same event once more, with `manner` not as it should be. */
export const sendBackOfficeEvent = (event) => call("POST", "/_local/page/back-office", event);

export const wire = {
  flow: (order) => call("GET", `/_local/page/flow/${encodeURIComponent(order)}`),
  find: (order, search) => call("GET", `/_local/page/wire?${new URLSearchParams({ order, search })}`),
  hop: (number) => call("GET", `/_local/page/wire/${number}`),
  curl: (number) => call("GET", `/_local/page/wire/${number}/curl`),
  replay: (number, how) => call("POST", `/_local/page/wire/${number}/replay`, { how }),
};

export const readScenarios = () => call("GET", "/_local/page/scenarios");

export const scenario = {
  play: (name, speed) => call("POST", "/_local/page/scenarios/play", { name, speed }),
  pace: (change) => call("POST", "/_local/page/scenarios/pace", change),
  stop: () => call("POST", "/_local/page/scenarios/stop", {}),
};

/** Where a transcript is: `{ customer }`, or nothing for the latest scenario; `lang`, and `format` for JSON. */
export const transcriptAddress = (asked) => `/_local/page/transcript?${new URLSearchParams(asked)}`;

/** All that is known of one order. */
export const readOrder = (number) => call("GET", `/_local/orders/${encodeURIComponent(number)}`);

/** Ask the operator's desk, as `make cases` does. */
export const askOperator = (task) => call("POST", "/_local/page/operator", task);

const whole = async (path, part) => {
  const { ok, answer } = await call("GET", path);
  return ok ? answer[part] : [];
};

export const faults = {
  all: async () => {
    const [line, pay, quota, stack] = await Promise.all([
      whole("/_local/line/faults", "faults"), whole("/_local/line-pay/faults", "faults"),
      call("GET", "/_local/line/quota"), call("GET", "/_local/page/faults"),
    ]);
    return { line, pay, quota: quota.ok ? quota.answer : { limit: null, used: 0 }, stack: stack.ok ? stack.answer : { available: false } };
  },
  addLine: (fault) => call("POST", "/_local/line/faults", fault),
  addPay: (fault) => call("POST", "/_local/line-pay/faults", fault),
  useQuotaUp: async () => {
    const { answer } = await call("GET", "/_local/line/quota");
    return call("PUT", "/_local/line/quota", { limit: answer.used });
  },
  clear: async (stack) => {
    const done = await Promise.all([
      call("DELETE", "/_local/line/faults"), call("DELETE", "/_local/line-pay/faults"),
      call("PUT", "/_local/line/quota", { limit: null }),
      ...(stack ? [call("DELETE", "/_local/page/faults/kills")] : []),
    ]);
    return done.find(({ ok }) => !ok) ?? done[0];
  },
  redeliver: (eventId, copies) => call("POST", `/_local/line/events/${encodeURIComponent(eventId)}/redeliver`, { copies }),
  arm: (kill) => call("POST", "/_local/page/faults/kills", kill),
  timers: (seconds) => call("POST", "/_local/page/faults/timers", seconds),
  check: (order) => call("POST", "/_local/page/faults/check", { order }),
  look: (what) => call("POST", "/_local/page/faults/look", { what }),
};

/**
 * Follow the server's stream. `handlers` maps event names to functions of the event's value; `connection(open)` tells
 * when the stream comes and goes. The browser reconnects by itself, and the server then tells everything again.
 */
export function follow(handlers, connection) {
  const stream = new EventSource("/_local/page/stream");
  for (const [name, handle] of Object.entries(handlers)) {
    stream.addEventListener(name, (event) => handle(JSON.parse(event.data)));
  }
  stream.addEventListener("open", () => connection(true));
  stream.addEventListener("error", () => connection(false));
  addEventListener("pagehide", () => stream.close());
}
