# Link SDK for Python (pip install aliyun-iot-linkkit, 1.2.12 or newer), run with: python python-linkkit.py
# Change: endpoint and port to what Home shows, and the three values of the device's certificate. For TLS write secure="TLS"
# and cadata=open("ca.pem").read(), the workspace's root certificate.
# Expect: "online", and the device online in the trace. host_name only names a region for the cloud; endpoint replaces it.
from linkkit import linkkit

device = linkkit.LinkKit(host_name="cn-shanghai", product_key="a1Xk29TzQ7b", device_name="lamp-0007", device_secret="3f9c…")
device.config_mqtt(endpoint="192.168.1.5", port=1883, secure="")
device.on_connect = lambda session_flag, rc, userdata: print("online" if rc == 0 else "refused with %d" % rc)
device.on_disconnect = lambda rc, userdata: print("offline, %d" % rc)
device.connect_async()
input("Enter ends it\n")
device.disconnect()
