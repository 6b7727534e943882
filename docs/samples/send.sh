#!/usr/bin/env bash
# Sends one event. URL=https://…/hooks/wms SECRET=whsec_… ./send.sh event.json
# For trials: the key stands on openssl's command line, where other users of the machine can see it.
set -euo pipefail
file=$1
id=$(sed -n 's/.*"id": *"\([^"]*\)".*/\1/p' "$file" | head -n 1)
timestamp=$(date +%s)
key=$(printf %s "${SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
signature=$({ printf '%s.%s.' "$id" "$timestamp"; cat "$file"; } |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)
curl --silent --show-error --max-time 30 --write-out ' %{http_code}\n' \
  --header 'content-type: application/cloudevents+json' \
  --header "webhook-id: $id" \
  --header "webhook-timestamp: $timestamp" \
  --header "webhook-signature: v1,$signature" \
  --data-binary "@$file" "$URL"
