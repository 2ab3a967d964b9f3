# MicroPython with umqtt.simple (mip.install("umqtt.simple")), without any SDK; join the network first.
# Change: host and port to what Home shows, and the three values of the device's certificate. For TLS give MQTTClient
# ssl=context, where context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) and context.load_verify_locations(cafile="ca.der").
# Expect: the platform's reply {"code":200,...} is printed; the device's page shows Brightness 42.
# keepalive has to be given: umqtt's own 0 is refused, as everything outside 30 to 1200 s is. Call ping() in between.
import binascii
import hashlib
from umqtt.simple import MQTTClient

PRODUCT_KEY, DEVICE_NAME, DEVICE_SECRET = "a1Xk29TzQ7b", "lamp-0007", "3f9c…"


def hmac_sha256(key, message):
    key = key + bytes(64 - len(key))
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + message).digest()
    return binascii.hexlify(hashlib.sha256(bytes(byte ^ 0x5C for byte in key) + inner).digest()).decode()


client_id = PRODUCT_KEY + "." + DEVICE_NAME
content = "clientId" + client_id + "deviceName" + DEVICE_NAME + "productKey" + PRODUCT_KEY
device = MQTTClient(client_id + "|securemode=3,signmethod=hmacsha256|", "192.168.1.5", port=1883,
                    user=DEVICE_NAME + "&" + PRODUCT_KEY, password=hmac_sha256(DEVICE_SECRET.encode(), content.encode()), keepalive=60)
device.set_callback(lambda topic, payload: print(topic, payload))
device.connect()
device.publish("/sys/%s/%s/thing/event/property/post" % (PRODUCT_KEY, DEVICE_NAME), '{"id":"1","version":"1.0","params":{"Brightness":42}}', qos=1)
while True:
    device.wait_msg()
