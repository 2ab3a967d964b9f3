/*
 * Link SDK for C 4: put this in place of the lines of the same names in demos/mqtt_basic_demo.c or data_model_basic_demo.c.
 * Change: host and port to what Home shows, and the three values of the device's certificate.
 * Expect: AIOT_MQTTEVT_CONNECT in the demo's log, and the device online in the trace. The SDK subscribes to nothing; the
 * bench sends it everything of its own accord, as the cloud does, because its client id says _ss=1.
 */
char *host          = "192.168.1.5";
uint16_t port       = 1883;
char *product_key   = "a1Xk29TzQ7b";
char *device_name   = "lamp-0007";
char *device_secret = "3f9c…";

memset(&cred, 0, sizeof(aiot_sysdep_network_cred_t));
cred.option = AIOT_SYSDEP_NETWORK_CRED_NONE;                  /* plain TCP */

/* For TLS instead: the root certificate of the workspace as a C string (README.md).
cred.option               = AIOT_SYSDEP_NETWORK_CRED_SVRCERT_CA;
cred.max_tls_fragment     = 16384;
cred.x509_server_cert     = thingbench_ca_cert;
cred.x509_server_cert_len = strlen(thingbench_ca_cert);       */

aiot_mqtt_setopt(mqtt_handle, AIOT_MQTTOPT_HOST, (void *)host);
aiot_mqtt_setopt(mqtt_handle, AIOT_MQTTOPT_PORT, (void *)&port);
aiot_mqtt_setopt(mqtt_handle, AIOT_MQTTOPT_PRODUCT_KEY, (void *)product_key);
aiot_mqtt_setopt(mqtt_handle, AIOT_MQTTOPT_DEVICE_NAME, (void *)device_name);
aiot_mqtt_setopt(mqtt_handle, AIOT_MQTTOPT_DEVICE_SECRET, (void *)device_secret);
aiot_mqtt_setopt(mqtt_handle, AIOT_MQTTOPT_NETWORK_CRED, (void *)&cred);
