// The city's side, as far as a browser cannot do it: asked for on stdout, answered on stdin.
// Never here: how an errand is done; that is in tests/tests/it/browser/city_side.rs.

import { stdin, stdout } from "node:process";
import { createInterface } from "node:readline";

// Writes one line for the city's side.
export function write(line) {
  stdout.write(`${JSON.stringify(line)}\n`);
}

// Who does the errands.
export class City {
  #waiting = new Map();
  #n = 0;
  #lines = createInterface({ input: stdin });

  constructor() {
    this.#lines.on("line", (line) => {
      const { n, value, error } = JSON.parse(line);
      const { done, fail } = this.#waiting.get(n);
      this.#waiting.delete(n);
      if (error === undefined) done(value);
      else fail(new Error(`the city's side: ${error}`));
    });
  }

  #ask(errand) {
    const n = (this.#n += 1);
    return new Promise((done, fail) => {
      this.#waiting.set(n, { done, fail });
      write({ ask: { n, errand } });
    });
  }

  // Starts a counter of its own name with some settings, and gives its address.
  serve(counter, settings) {
    return this.#ask({ serve: { counter, settings } });
  }

  kill(counter) {
    return this.#ask({ kill: { counter } });
  }

  start(counter) {
    return this.#ask({ start: { counter } });
  }

  // Gives a conversation to "bot", { queue } or { agent }.
  handOver(counter, conversation, to) {
    return this.#ask({ hand_over: { counter, conversation, to } });
  }

  agentSays(counter, conversation, text) {
    return this.#ask({ agent_says: { counter, conversation, text } });
  }

  closeConversation(counter, conversation) {
    return this.#ask({ close: { counter, conversation } });
  }

  lengthen(counter, conversation, nMessages) {
    return this.#ask({ lengthen: { counter, conversation, n_messages: nMessages } });
  }

  leaveVoicemail(counter, words) {
    return this.#ask({ leave_voicemail: { counter, words } });
  }

  workOn(counter, number) {
    return this.#ask({ work_on: { counter, number } });
  }

  // Lets the process end.
  close() {
    this.#lines.close();
  }
}
