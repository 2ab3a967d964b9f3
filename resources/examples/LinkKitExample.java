/*
 * Link SDK for Android (com.aliyun.alink.linksdk:lp-iot-linkkit): where the demo's InitManager makes its parameters.
 * Change: the address to what Home shows, and the three values of the device's certificate. For TLS write ssl:// and give
 * channelRootCrtFile the root certificate of the workspace, put into res/raw.
 * Expect: onInitDone, and the device online in the trace. The SDK for Java takes the same, with params.deviceInfo only.
 */
IoTMqttClientConfig mqtt = new IoTMqttClientConfig("a1Xk29TzQ7b", "lamp-0007", "3f9c…");
mqtt.channelHost = "tcp://192.168.1.5:1883";
mqtt.secureMode = 3;
mqtt.isCheckChannelRootCrt = false;
// For TLS instead: mqtt.channelHost = "ssl://192.168.1.5:1883"; mqtt.secureMode = 2; mqtt.isCheckChannelRootCrt = true;
// mqtt.channelRootCrtFile = context.getResources().openRawResource(R.raw.thingbench_ca);

LinkKitInitParams params = new LinkKitInitParams();
params.mqttClientConfig = mqtt;
params.deviceInfo = new DeviceInfo();
params.deviceInfo.productKey = "a1Xk29TzQ7b";
params.deviceInfo.deviceName = "lamp-0007";
params.deviceInfo.deviceSecret = "3f9c…";
LinkKit.getInstance().init(context, params, listener);
