import type { SnippetInput } from './snippet.ts'
import { firstPost, literal, topicsOf } from './snippet.ts'

/** The MQTT client of ESP-IDF 5: connects, subscribes, reports once and answers every property set. */
export function espIdfSnippet({ certificate, facts, host, port, secure, rootCString, params }: SnippetInput): string {
  const { post, postReply, set, setReply } = topicsOf(certificate)
  const verification = secure
    ? `
        .broker.verification.certificate = thingbench_ca_cert,
        /* The certificate is for an address, which mbed TLS compares with no name. */
        .broker.verification.skip_cert_common_name_check = true,`
    : ''
  return `/* ESP-IDF 5: components mqtt and json. Call bench_start() as soon as the board has an address. */
#include <stdio.h>
#include <string.h>
#include "esp_log.h"
#include "mqtt_client.h"
#include "cJSON.h"
${secure ? `\n/* The root certificate of this workspace. */\n${rootCString}` : ''}
static const char *TAG = "bench";

static void answer_set(esp_mqtt_client_handle_t client, const char *data, int length)
{
    cJSON *command = cJSON_ParseWithLength(data, (size_t)length);
    cJSON *id = cJSON_GetObjectItem(command, "id");
    char reply[160];

    /* The id of the command, as text and digit for digit. */
    snprintf(reply, sizeof(reply), "{\\"id\\":\\"%s\\",\\"code\\":200,\\"data\\":{},\\"version\\":\\"1.0\\"}",
             cJSON_IsString(id) ? id->valuestring : "");
    esp_mqtt_client_publish(client, ${literal(setReply)}, reply, 0, 1, 0);
    cJSON_Delete(command);
}

static void on_mqtt(void *context, esp_event_base_t base, int32_t event_id, void *event_data)
{
    esp_mqtt_event_handle_t event = event_data;
    static const char set_topic[] = ${literal(set)};

    (void)context;
    (void)base;
    switch ((esp_mqtt_event_id_t)event_id) {
    case MQTT_EVENT_CONNECTED:
        esp_mqtt_client_subscribe(event->client, ${literal(postReply)}, 1);
        esp_mqtt_client_subscribe(event->client, set_topic, 1);
        esp_mqtt_client_publish(event->client, ${literal(post)},
                                ${literal(firstPost(params))}, 0, 1, 0);
        break;
    case MQTT_EVENT_DATA:
        ESP_LOGI(TAG, "%.*s %.*s", event->topic_len, event->topic, event->data_len, event->data);
        if (event->topic_len == (int)strlen(set_topic) && strncmp(event->topic, set_topic, strlen(set_topic)) == 0)
            answer_set(event->client, event->data, event->data_len);
        break;
    case MQTT_EVENT_ERROR:
        ESP_LOGE(TAG, "refused or not reached; Thingbench says why");
        break;
    default:
        break;
    }
}

void bench_start(void)
{
    const esp_mqtt_client_config_t config = {
        .broker.address.uri = ${literal(`${secure ? 'mqtts' : 'mqtt'}://${host}:${port}`)},${verification}
        .credentials.client_id = ${literal(facts.clientId)},
        .credentials.username = ${literal(facts.username)},
        .credentials.authentication.password = ${literal(facts.password)},
        .session.keepalive = 60,
    };
    esp_mqtt_client_handle_t client = esp_mqtt_client_init(&config);

    esp_mqtt_client_register_event(client, ESP_EVENT_ANY_ID, on_mqtt, NULL);
    esp_mqtt_client_start(client);
}
`
}
