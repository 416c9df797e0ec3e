// The counter's HTTP interface: requests, and the stream of events.

// Seconds that the counter may keep a request for lack of news.
const LONG_WAIT_S = 25;
// A request that is silent for so long is lost.
const REQUEST_LIMIT_MS = 30000;
// An upload that takes longer is begun again.
const UPLOAD_LIMIT_MS = 300000;
// The stream says something at least every 15 s; after three such silences it is dead.
const SILENCE_LIMIT_MS = 45000;
// The stream begins with a word at once. Where none comes, something on the way holds it back.
const FIRST_WORD_MS = 10000;

// A refusal: its status, its public id, and when to try again.
class Refusal extends Error {
  constructor(status, id, retryAfterS) {
    super(id);
    Object.assign(this, { status, id, retryAfterS });
  }

  // The same request may well succeed later.
  get passes() {
    return this.status >= 500 || this.status === 429 || this.status === 408;
  }

  // The conversation is over for this browser.
  get lost() {
    return this.status === 401 || this.status === 404 || this.status === 409;
  }
}

// What went wrong on the way, or at the other end, passes; what was refused does not.
const passes = (error) => !(error instanceof Refusal) || error.passes;

class Wire {
  constructor(server) {
    this.server = server;
    this.token = null;
  }

  headers(more) {
    return this.token ? { authorization: `Bearer ${this.token}`, ...more } : { ...more };
  }

  async ask(path, options = {}, limit = REQUEST_LIMIT_MS) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), limit);
    if (options.signal) options.signal.addEventListener("abort", () => stop.abort(), { once: true });
    try {
      const answer = await fetch(this.server + path, {
        cache: "no-store", credentials: "omit", ...options,
        headers: this.headers(options.headers), signal: stop.signal,
      });
      if (!answer.ok) throw await refusal(answer);
      return options.whole ? await options.whole(answer) : await answer.json();
    } finally {
      clearTimeout(timer);
    }
  }

  post(path, body) {
    return this.ask(path, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
    });
  }

  // A page that comes late brings no message twice: each has its place.
  messages(after, waitS, signal) {
    const limit = REQUEST_LIMIT_MS + waitS * 1000;
    return this.ask(`/api/chat/messages?after=${after}&wait=${waitS}`, { signal }, limit);
  }

  file(id) {
    return this.ask(`/api/chat/attachments/${id}`, { whole: (answer) => answer.blob() });
  }

  // Sends files; only this older kind of request tells how much of them is on its way.
  upload(form, progress) {
    return new Promise((done, fail) => {
      const request = new XMLHttpRequest();
      request.open("POST", `${this.server}/api/chat/attachments`);
      for (const [name, value] of Object.entries(this.headers())) request.setRequestHeader(name, value);
      request.responseType = "json";
      request.upload.onprogress = (event) => { if (event.lengthComputable) progress(event.loaded / event.total); };
      request.onload = () => {
        if (request.status === 201) done(request.response);
        else fail(new Refusal(request.status, problemId(request.response), Number(request.getResponseHeader("retry-after")) || 0));
      };
      request.timeout = UPLOAD_LIMIT_MS;
      request.onerror = request.ontimeout = () => fail(new TypeError("the upload did not arrive"));
      request.send(form);
    });
  }

  // Follows the conversation until the stream ends; tells whether it spoke, stayed silent or failed.
  async follow(after, on, signal) {
    const stop = new AbortController();
    signal.addEventListener("abort", () => stop.abort(), { once: true });
    let timer, outcome = "failed";
    const late = () => { if (outcome === "failed") outcome = "silent"; stop.abort(); };
    const within = (ms) => { clearTimeout(timer); timer = setTimeout(late, ms); };
    within(FIRST_WORD_MS);
    try {
      const answer = await fetch(`${this.server}/api/chat/events?after=${after}`, {
        cache: "no-store", credentials: "omit", headers: this.headers(), signal: stop.signal,
      });
      if (!answer.ok) throw await refusal(answer);
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return outcome;
        outcome = "spoke";
        within(SILENCE_LIMIT_MS);
        const events = (text + value).split("\n\n");
        text = events.pop();
        for (const event of events) read(event, on);
      }
    } catch (error) {
      if (error instanceof Refusal) throw error;
      return outcome;
    } finally {
      clearTimeout(timer);
      stop.abort();
    }
  }
}

// Reads one event: its name and its data (HTML Living Standard, 9.2.6).
function read(event, on) {
  let name = "message", data = "";
  for (const line of event.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data += line.slice(5).trim();
  }
  if (data && on[name]) on[name](JSON.parse(data));
}

const problemId = (body) => String((body && body.type) || "").split(":").pop();

async function refusal(answer) {
  const body = await answer.json().catch(() => null);
  return new Refusal(answer.status, problemId(body), Number(answer.headers.get("retry-after")) || 0);
}
