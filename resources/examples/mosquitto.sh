#!/bin/sh
# mosquitto_pub and openssl, run with: sh mosquitto.sh
# Change: host and port to what Home shows, and the three values of the device's certificate. For TLS give the file of the workspace's
# root certificate in CA_FILE.
# Expect: it says nothing and ends with 0; the trace shows the login, the report with code 200 and the reply. To wait for
# what the platform sends, use mosquitto_sub with the same -i, -u and -P and -t "/sys/$PRODUCT_KEY/$DEVICE_NAME/#".
set -e
BENCH_HOST=${BENCH_HOST:-192.168.1.5} BENCH_PORT=${BENCH_PORT:-1883}
PRODUCT_KEY=${PRODUCT_KEY:-a1Xk29TzQ7b} DEVICE_NAME=${DEVICE_NAME:-lamp-0007} DEVICE_SECRET=${DEVICE_SECRET:-3f9c…}

id="$PRODUCT_KEY.$DEVICE_NAME"
password=$(printf %s "clientId${id}deviceName${DEVICE_NAME}productKey${PRODUCT_KEY}" | openssl dgst -sha256 -hmac "$DEVICE_SECRET" | sed 's/.*= *//')
mosquitto_pub -h "$BENCH_HOST" -p "$BENCH_PORT" ${CA_FILE:+--cafile "$CA_FILE"} -k 60 -q 1 \
  -i "$id|securemode=3,signmethod=hmacsha256|" -u "$DEVICE_NAME&$PRODUCT_KEY" -P "$password" \
  -t "/sys/$PRODUCT_KEY/$DEVICE_NAME/thing/event/property/post" \
  -m '{"id":"1","version":"1.0","params":{"Brightness":42},"method":"thing.event.property.post"}'
