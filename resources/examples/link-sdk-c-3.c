/*
 * Link SDK for C 3 (iotkit-embedded; also inside esp-aliyun and RT-Thread's ali-iotkit): before IOT_Linkkit_Open() or
 * IOT_MQTT_Construct(). Leave the domain of the region out (IOTX_IOCTL_SET_DOMAIN, IOTX_IOCTL_SET_REGION).
 * Change: address and port to what Home shows, and the three values of the device's certificate.
 * Expect: "mqtt connect success" in the log and the device online in the trace; a moment later its two SYS_ tags.
 * For plain TCP switch FEATURE_SUPPORT_TLS off in make.settings. With TLS the SDK trusts the certificate that iotx_ca_get()
 * returns: put the root certificate of the workspace (as a C string, see README.md) there.
 */
int port = 1883;
IOT_Ioctl(IOTX_IOCTL_SET_MQTT_DOMAIN, (void *)"192.168.1.5");
IOT_Ioctl(IOTX_IOCTL_SET_MQTT_PORT, (void *)&port);

iotx_linkkit_dev_meta_info_t meta;
memset(&meta, 0, sizeof(meta));
strcpy(meta.product_key, "a1Xk29TzQ7b");
strcpy(meta.device_name, "lamp-0007");
strcpy(meta.device_secret, "3f9c…");
int device = IOT_Linkkit_Open(IOTX_LINKKIT_DEV_TYPE_MASTER, &meta);
IOT_Linkkit_Connect(device);
