// NLP.js on the tables of prepare.py: node nlu/peers/nlpjs_peer.mjs TABLES NAME…
//
// Needs the packages @nlpjs/basic, @nlpjs/lang-en and @nlpjs/lang-fr where node looks for them. Defaults
// throughout. Prints for each name the share of right answers, the area under the curve of refusing by
// score where there are sentences out of scope, and seconds of training.

import { createRequire } from "node:module";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "peers.js"));
const { containerBootstrap } = require("@nlpjs/core-loader");
const { Nlp } = require("@nlpjs/nlp");
const { LangEn } = require("@nlpjs/lang-en");
const { LangFr } = require("@nlpjs/lang-fr");

const rows = (file) =>
  readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => line.split("\t"));

/** Gives how often a sentence in scope is surer than one out of scope. */
function auroc(inside, outside) {
  const ranked = [...inside.map((p) => [p, 1]), ...outside.map((p) => [p, 0])];
  ranked.sort((a, b) => a[0] - b[0]);
  let nBelow = 0;
  let wins = 0;
  for (const [, isInside] of ranked) {
    if (isInside) wins += nBelow;
    else nBelow += 1;
  }
  return (100 * wins) / (inside.length * outside.length);
}

async function measure(tables, name) {
  const train = rows(join(tables, `${name}.train.tsv`));
  const test = rows(join(tables, `${name}.test.tsv`));
  const container = await containerBootstrap();
  container.use(Nlp);
  container.use(LangEn);
  container.use(LangFr);
  const nlp = container.get("nlp");
  nlp.settings.autoSave = false;
  const languages = [...new Set([...train, ...test].map(([, , lang]) => lang))];
  languages.forEach((lang) => nlp.addLanguage(lang));
  const [lang] = train[0].slice(2);
  train.forEach(([label, text]) => nlp.addDocument(lang, text, label));
  const began = performance.now();
  await nlp.train();
  const seconds = (performance.now() - began) / 1000;
  const best = async (text) => {
    const { intent, score } = await nlp.process(lang, text);
    return { intent, score: intent === "None" ? 0 : score };
  };
  const said = [];
  for (const [label, text] of test) said.push({ label, ...(await best(text)) });
  const right = (100 * said.filter((one) => one.label === one.intent).length) / said.length;
  let area = "";
  const strays = join(tables, `${name}.oos.tsv`);
  if (existsSync(strays)) {
    const outside = [];
    for (const [, text] of rows(strays)) outside.push((await best(text)).score);
    area = auroc(said.map((one) => one.score), outside).toFixed(2);
  }
  process.stdout.write(`${["nlp.js", name, right.toFixed(2), area, seconds.toFixed(1)].join("\t")}\n`);
}

// It tells every epoch, whatever its settings say.
console.log = () => {};
const [tables, ...names] = process.argv.slice(2);
if (names.length === 0) {
  console.error("node nlu/peers/nlpjs_peer.mjs TABLES NAME…");
  process.exit(1);
}
for (const name of names) await measure(tables, name);
