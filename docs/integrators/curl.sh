#!/bin/sh
# The same with curl and openssl:
#
#   export COBRANZAS_URL=https://oficina.example/webhooks/cobranzas/your-channel/
#   export COBRANZAS_SECRET=whsec_…
#   sh curl.sh send MESSAGE_ID payment-received.json
#   sh curl.sh state 00418902
#
# It prints the answer and its status, and tries once: repeat it with the same MESSAGE_ID until it says 204.
set -eu

timestamp=$(date +%s)
key=$(printf %s "${COBRANZAS_SECRET#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \n')

signature() { # of the content on the standard input
    printf 'v1,'
    openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64
}

answer() { # curl's arguments
    curl --silent --show-error --max-time 30 --write-out '\n%{http_code}\n' --header "webhook-timestamp: $timestamp" "$@"
}

case ${1-} in
send)
    signed=$({ printf '%s.%s.' "$2" "$timestamp" && cat "$3"; } | signature)
    answer --header "webhook-id: $2" --header "webhook-signature: $signed" \
        --header 'content-type: application/json' --data-binary "@$3" "$COBRANZAS_URL"
    ;;
state)
    id="ask_$timestamp"
    signed=$(printf '%s.%s.' "$id" "$timestamp" | signature)
    answer --header "webhook-id: $id" --header "webhook-signature: $signed" "${COBRANZAS_URL%/}/operaciones/$2/"
    ;;
*)
    sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
