// Signs a made-up request as jambonz does, checks it with jambonz's own library, whose folder is given, and
// prints it as sign.py does.

import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const folder = resolve(process.argv[2]);
const { WebhookResponse } = await import(pathToFileURL(`${folder}/dist/webhook/index.js`));
const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
const now_s = 1_790_000_000;
Date.now = () => now_s * 1000;

const secret = "wh_secret_311";
const body = '{"call_sid":"c-1","digits":"1","ville":"Montréal"}';
const t = now_s - 299;
const v1 = createHmac("sha256", secret).update(`${t}.${body}`).digest("hex");
const old = "0".repeat(64);

console.log(JSON.stringify({ library: name, version }));
for (const [given, header] of [["json", `t=${t},v1=${v1}`], ["several", `t=${t},v1=${old},v1=${v1}`]]) {
  const request = { headers: { "jambonz-signature": header }, body };
  WebhookResponse.verifySignature(secret)(request, {}, (why) => {
    if (why) throw why;
  });
  const line = { provider: "jambonz", case: given, method: "POST", url: "https://ivr.example.org/voice?lang=fr" };
  const rest = { headers: request.headers, body, form: false, now_s, secret, several: given === "several" };
  console.log(JSON.stringify({ ...line, ...rest }));
}
