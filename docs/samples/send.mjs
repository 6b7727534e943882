// Sends one event. URL=https://…/hooks/wms SECRET=whsec_… node send.mjs event.json
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";

function signature(secret, id, timestamp, body) {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  return "v1," + createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
}

const { URL: url, SECRET: secret } = process.env;
const body = readFileSync(process.argv[2]); // what is signed is what is sent: these very bytes
const id = JSON.parse(body).id;
const timestamp = Math.floor(Date.now() / 1000).toString();
const answer = await fetch(url, {
  method: "POST",
  headers: {
    "content-type": "application/cloudevents+json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signature(secret, id, timestamp, body),
  },
  body,
  signal: AbortSignal.timeout(30_000),
});
console.log(await answer.text(), answer.status);
