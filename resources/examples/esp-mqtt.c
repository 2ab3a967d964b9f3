/*
 * ESP-IDF 5 with its own esp-mqtt, without any SDK. (esp-aliyun is Link SDK for C 3 inside: see link-sdk-c-3.c.)
 * Change: the address to what Home shows, and client id, user name and password to what the device's page offers as
 * MQTTX command; they can also be computed on the board: HMAC-SHA256 of
 * "clientIda1Xk29TzQ7b.lamp-0007deviceNamelamp-0007productKeya1Xk29TzQ7b" with the device secret, in hexadecimal.
 * Expect: MQTT_EVENT_CONNECTED, and the device online in the trace. keepalive has to be 30 to 1200 s.
 */
const esp_mqtt_client_config_t config = {
    .broker.address.uri = "mqtt://192.168.1.5:1883",
    /* For TLS instead: .broker.address.uri = "mqtts://192.168.1.5:1883", and the C string of the root certificate:
    .broker.verification.certificate = thingbench_ca_cert, */
    .credentials.client_id = "a1Xk29TzQ7b.lamp-0007|securemode=3,signmethod=hmacsha256|",
    .credentials.username = "lamp-0007&a1Xk29TzQ7b",
    .credentials.authentication.password = "4ad5b94f…",
    .session.keepalive = 60,
};
esp_mqtt_client_handle_t client = esp_mqtt_client_init(&config);
esp_mqtt_client_register_event(client, ESP_EVENT_ANY_ID, on_mqtt_event, NULL);
esp_mqtt_client_start(client);

/* in on_mqtt_event, when the event is MQTT_EVENT_CONNECTED: */
esp_mqtt_client_publish(client, "/sys/a1Xk29TzQ7b/lamp-0007/thing/event/property/post",
                        "{\"id\":\"1\",\"version\":\"1.0\",\"params\":{\"Brightness\":42}}", 0, 1, 0);
