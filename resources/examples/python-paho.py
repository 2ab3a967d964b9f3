# Paho for Python, without any SDK (pip install paho-mqtt, 2.0 or newer), run with: python python-paho.py
# Change: host and port to what Home shows, and the three values of the device's certificate. For TLS add
# device.tls_set(ca_certs="ca.pem") before connect, with the workspace's root certificate.
# Expect: "online Success", then the platform's reply {"code":200,...}; the device's page shows Brightness 42.
import hashlib
import hmac
import paho.mqtt.client as mqtt

PRODUCT_KEY, DEVICE_NAME, DEVICE_SECRET = "a1Xk29TzQ7b", "lamp-0007", "3f9c…"

client_id = PRODUCT_KEY + "." + DEVICE_NAME
content = "clientId%sdeviceName%sproductKey%s" % (client_id, DEVICE_NAME, PRODUCT_KEY)
device = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=client_id + "|securemode=3,signmethod=hmacsha256|")
device.username_pw_set(DEVICE_NAME + "&" + PRODUCT_KEY, hmac.new(DEVICE_SECRET.encode(), content.encode(), hashlib.sha256).hexdigest())


def on_connect(client, userdata, flags, reason_code, properties):
    print("online", reason_code)
    client.publish("/sys/%s/%s/thing/event/property/post" % (PRODUCT_KEY, DEVICE_NAME), '{"id":"1","version":"1.0","params":{"Brightness":42}}', qos=1)


device.on_connect = on_connect
device.on_message = lambda client, userdata, message: print(message.topic, message.payload.decode())
device.connect("192.168.1.5", 1883, keepalive=60)
device.loop_forever()
