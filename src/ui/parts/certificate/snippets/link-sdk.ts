import type { SnippetInput } from './snippet.ts'
import { firstPost, literal, topicsOf } from './snippet.ts'

/** A whole program on the Link SDK for C 4: connects, reports once and stays. It signs by itself and needs no subscriptions. */
export function linkSdk4Snippet({ certificate, host, port, secure, rootCString, params }: SnippetInput): string {
  const { productKey, deviceName, deviceSecret } = certificate
  const { post } = topicsOf(certificate)
  const credentials = secure
    ? `    cred.option = AIOT_SYSDEP_NETWORK_CRED_SVRCERT_CA;
    cred.max_tls_fragment = 16384;
    cred.x509_server_cert = thingbench_ca_cert;
    cred.x509_server_cert_len = strlen(thingbench_ca_cert);`
    : '    cred.option = AIOT_SYSDEP_NETWORK_CRED_NONE; /* plain TCP */'
  return `/* Link SDK for C 4, pointed at this bench. Build it like one of the SDK's demos. */
#include <stdio.h>
#include <string.h>
#include <stdint.h>
#include "aiot_state_api.h"
#include "aiot_sysdep_api.h"
#include "aiot_mqtt_api.h"

extern aiot_sysdep_portfile_t g_aiot_sysdep_portfile;
${secure ? `\n/* The root certificate of this workspace, in place of the cloud's. */\n${rootCString}` : ''}
static int32_t on_log(int32_t code, char *message)
{
    (void)code;
    printf("%s", message);
    return 0;
}

static void on_message(void *handle, const aiot_mqtt_recv_t *packet, void *userdata)
{
    (void)handle;
    (void)userdata;
    if (packet->type == AIOT_MQTTRECV_PUB)
        printf("%.*s\\n  %.*s\\n", (int)packet->data.pub.topic_len, packet->data.pub.topic,
               (int)packet->data.pub.payload_len, (char *)packet->data.pub.payload);
}

int main(void)
{
    char *product_key = ${literal(productKey)};
    char *device_name = ${literal(deviceName)};
    char *device_secret = ${literal(deviceSecret)};
    char *host = ${literal(host)}; /* instead of \${YourProductKey}.iot-as-mqtt.….aliyuncs.com */
    uint16_t port = ${port};
    char *topic = ${literal(post)};
    char *payload = ${literal(firstPost(params))};
    aiot_sysdep_network_cred_t cred;
    void *mqtt;
    int32_t result;

    aiot_sysdep_set_portfile(&g_aiot_sysdep_portfile);
    aiot_state_set_logcb(on_log);

    memset(&cred, 0, sizeof(cred));
${credentials}

    mqtt = aiot_mqtt_init();
    if (mqtt == NULL)
        return 1;
    aiot_mqtt_setopt(mqtt, AIOT_MQTTOPT_HOST, (void *)host);
    aiot_mqtt_setopt(mqtt, AIOT_MQTTOPT_PORT, (void *)&port);
    aiot_mqtt_setopt(mqtt, AIOT_MQTTOPT_PRODUCT_KEY, (void *)product_key);
    aiot_mqtt_setopt(mqtt, AIOT_MQTTOPT_DEVICE_NAME, (void *)device_name);
    aiot_mqtt_setopt(mqtt, AIOT_MQTTOPT_DEVICE_SECRET, (void *)device_secret);
    aiot_mqtt_setopt(mqtt, AIOT_MQTTOPT_NETWORK_CRED, (void *)&cred);
    aiot_mqtt_setopt(mqtt, AIOT_MQTTOPT_RECV_HANDLER, (void *)on_message);

    result = aiot_mqtt_connect(mqtt);
    if (result < 0) {
        printf("aiot_mqtt_connect: -0x%04X\\n", (unsigned int)-result);
        return 1;
    }
    aiot_mqtt_pub(mqtt, topic, (uint8_t *)payload, (uint32_t)strlen(payload), 0);

    for (;;) {
        aiot_mqtt_process(mqtt);
        aiot_mqtt_recv(mqtt);
    }
}
`
}

/** A whole program on the Link SDK for C 3 (iotkit-embedded): connects, subscribes, reports once and stays. */
export function linkSdk3Snippet({ certificate, host, port, secure, rootCString, params }: SnippetInput): string {
  const { productKey, deviceName, deviceSecret } = certificate
  const { post, postReply, set } = topicsOf(certificate)
  return `/* Link SDK for C 3, pointed at this bench. Build it like the SDK's mqtt_example.c${secure
    ? `, with
 * FEATURE_SUPPORT_TLS=y in make.settings and the certificate below in place of iotx_ca_crt in root_ca.c. */`
    : `, with
 * FEATURE_SUPPORT_TLS=n in make.settings: whether the SDK uses TLS is decided when it is built. */`}
#include <stdio.h>
#include <string.h>
#include <stdint.h>
#include "infra_types.h"
#include "infra_defs.h"
#include "infra_compat.h"
#include "mqtt_api.h"
${secure ? `\n/* The root certificate of this workspace. */\n${rootCString}const char *iotx_ca_crt = thingbench_ca_cert;\n` : ''}
static char product_key[] = ${literal(productKey)};
static char device_name[] = ${literal(deviceName)};
static char device_secret[] = ${literal(deviceSecret)};
static char host[] = ${literal(host)}; /* instead of \${YourProductKey}.iot-as-mqtt.….aliyuncs.com */

static void on_event(void *context, void *client, iotx_mqtt_event_msg_pt message)
{
    (void)context;
    (void)client;
    printf("MQTT event %d\\n", (int)message->event_type);
}

static void on_message(void *context, void *client, iotx_mqtt_event_msg_pt message)
{
    iotx_mqtt_topic_info_t *received = (iotx_mqtt_topic_info_t *)message->msg;

    (void)context;
    (void)client;
    if (message->event_type == IOTX_MQTT_EVENT_PUBLISH_RECEIVED)
        printf("%.*s\\n  %.*s\\n", (int)received->topic_len, received->ptopic, (int)received->payload_len, received->payload);
}

int main(void)
{
    int port = ${port};
    char *payload = ${literal(firstPost(params))};
    iotx_mqtt_param_t mqtt;
    void *client;

    IOT_Ioctl(IOTX_IOCTL_SET_PRODUCT_KEY, (void *)product_key);
    IOT_Ioctl(IOTX_IOCTL_SET_DEVICE_NAME, (void *)device_name);
    IOT_Ioctl(IOTX_IOCTL_SET_DEVICE_SECRET, (void *)device_secret);
    /* Also for IOT_Linkkit_Open and IOT_Linkkit_Connect, which make a client of their own. */
    IOT_Ioctl(IOTX_IOCTL_SET_MQTT_DOMAIN, (void *)host);
    IOT_Ioctl(IOTX_IOCTL_SET_MQTT_PORT, (void *)&port);

    memset(&mqtt, 0, sizeof(mqtt));
    mqtt.host = host;
    mqtt.port = (uint16_t)port;
    mqtt.handle_event.h_fp = on_event;

    client = IOT_MQTT_Construct(&mqtt);
    if (client == NULL)
        return 1;
    IOT_MQTT_Subscribe(client, ${literal(postReply)}, IOTX_MQTT_QOS1, on_message, NULL);
    IOT_MQTT_Subscribe(client, ${literal(set)}, IOTX_MQTT_QOS1, on_message, NULL);
    IOT_MQTT_Publish_Simple(client, ${literal(post)}, IOTX_MQTT_QOS1, payload, (int)strlen(payload));

    for (;;)
        IOT_MQTT_Yield(client, 200);
}
`
}
