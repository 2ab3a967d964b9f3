#!/bin/sh
# MQTTX command line (https://mqttx.app) and openssl, run with: sh mqttx.sh; in the MQTTX window enter the same values.
# Change: host and port to what Home shows, and the three values of the device's certificate. For TLS add
# --protocol mqtts --ca ca.pem, with the workspace's root certificate.
# Expect: it stays connected and prints what the platform sends; the device's page says online. -k 60 is needed: the platform
# refuses a keep-alive below 30 s or above 1200 s.
set -e
BENCH_HOST=${BENCH_HOST:-192.168.1.5} BENCH_PORT=${BENCH_PORT:-1883}
PRODUCT_KEY=${PRODUCT_KEY:-a1Xk29TzQ7b} DEVICE_NAME=${DEVICE_NAME:-lamp-0007} DEVICE_SECRET=${DEVICE_SECRET:-3f9c…}

id="$PRODUCT_KEY.$DEVICE_NAME"
password=$(printf %s "clientId${id}deviceName${DEVICE_NAME}productKey${PRODUCT_KEY}" | openssl dgst -sha256 -hmac "$DEVICE_SECRET" | sed 's/.*= *//')
mqttx sub -h "$BENCH_HOST" -p "$BENCH_PORT" -k 60 \
  -i "$id|securemode=3,signmethod=hmacsha256|" -u "$DEVICE_NAME&$PRODUCT_KEY" -P "$password" \
  -t "/sys/$PRODUCT_KEY/$DEVICE_NAME/thing/service/property/set"
