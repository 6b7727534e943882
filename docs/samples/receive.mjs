// Receives the shop's events and prints them. SECRET=whsec_… PORT=9000 node receive.mjs
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const { SECRET: secret, PORT: port = "9000" } = process.env;
const taken = new Set(); // in a table of yours, written in one transaction with the order

function isFromTheShop(headers, body) {
  const id = headers["webhook-id"] ?? "";
  const timestamp = headers["webhook-timestamp"] ?? "";
  if (!/^[0-9]{1,12}$/.test(timestamp) || Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) {
    return false;
  }
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const mac = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
  const expected = Buffer.from(`v1,${mac}`);
  return (headers["webhook-signature"] ?? "")
    .split(" ")
    .map((each) => Buffer.from(each))
    .filter((each) => each.length === expected.length) // lengths are no secret
    .map((each) => timingSafeEqual(each, expected))
    .includes(true);
}

createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts);
  if (!isFromTheShop(request.headers, body)) {
    response.writeHead(401).end();
    return;
  }
  const id = request.headers["webhook-id"];
  if (!taken.has(id)) {
    // the same event may come more than once
    console.log(JSON.stringify(JSON.parse(body), null, 2));
    taken.add(id);
  }
  response.writeHead(204).end();
}).listen(Number(port), "127.0.0.1");
