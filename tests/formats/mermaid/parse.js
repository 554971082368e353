// Reads a JSON list of diagrams from standard input and writes for each what Mermaid's parser makes of it: its
// title, its participants and its messages, or the error.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

globalThis.window = new JSDOM("").window;
globalThis.document = window.document;
const { default: mermaid } = await import("mermaid");

await mermaid.parse("sequenceDiagram"); // Only this makes the kinds of diagrams known.
const read = [];
for (const text of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    read.push({
      title: db.getDiagramTitle(),
      actors: [...db.getActors().values()].map((one) => one.description),
      messages: db.getMessages().map((one) => [one.from, one.to, one.type, one.message]),
    });
  } catch (error) {
    read.push({ error: String(error.message) });
  }
}
console.log(JSON.stringify(read));
