"""Stands where paho-mqtt would: writes down with what a program connects, and ends it."""
import json
import sys
import types


class Client:
    def __init__(self, callback_api_version, client_id, protocol):
        self.seen = {"clientId": client_id, "protocolVersion": protocol, "tls": None}

    def username_pw_set(self, username, password):
        self.seen.update(username=username, password=password)

    def tls_set(self, ca_certs):
        self.seen["tls"] = ca_certs

    def connect(self, host, port, keepalive):
        self.seen.update(host=host, port=port, keepalive=keepalive)

    def loop_forever(self):
        self.on_connect(self, None, {}, 0, None)
        print(json.dumps(self.seen))

    def subscribe(self, topics):
        self.seen["topics"] = [topic for topic, _ in topics]

    def publish(self, topic, payload, qos):
        self.seen.update(topic=topic, payload=payload)


client = types.ModuleType("paho.mqtt.client")
client.Client = Client
client.CallbackAPIVersion = types.SimpleNamespace(VERSION2=2)
client.MQTTv311 = 4
mqtt = types.ModuleType("paho.mqtt")
mqtt.client = client
paho = types.ModuleType("paho")
paho.mqtt = mqtt
sys.modules.update({"paho": paho, "paho.mqtt": mqtt, "paho.mqtt.client": client})
exec(compile(sys.stdin.read(), "bench.py", "exec"))
