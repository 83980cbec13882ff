// Prints what AsyncAPI's own parser has against the document on standard input, as JSON.

import { text } from "node:stream/consumers";
import { Parser } from "@asyncapi/parser";

const { document, diagnostics } = await new Parser().parse(await text(process.stdin));
const complaints = diagnostics.map(({ code, message, path }) => ({ code, message, path: path.join(".") }));
console.log(JSON.stringify({ isUsable: document !== undefined, complaints }));
