// Paho for Go, without any SDK (go get github.com/eclipse/paho.mqtt.golang), run with: go run paho-go.go
// Change: the address to what Home shows, and the three values of the device's certificate. For TLS write ssl:// and give
// SetTLSConfig(&tls.Config{RootCAs: pool}) a pool with the workspace's root certificate.
// Expect: the platform's reply {"code":200,…} is printed; the device's page shows Brightness 42.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

const productKey, deviceName, deviceSecret = "a1Xk29TzQ7b", "lamp-0007", "3f9c…"

func main() {
	id := productKey + "." + deviceName
	mac := hmac.New(sha256.New, []byte(deviceSecret))
	mac.Write([]byte("clientId" + id + "deviceName" + deviceName + "productKey" + productKey))
	options := mqtt.NewClientOptions().AddBroker("tcp://192.168.1.5:1883").
		SetClientID(id + "|securemode=3,signmethod=hmacsha256|").
		SetUsername(deviceName + "&" + productKey).
		SetPassword(hex.EncodeToString(mac.Sum(nil))).
		SetKeepAlive(60 * time.Second).
		SetDefaultPublishHandler(func(_ mqtt.Client, message mqtt.Message) {
			fmt.Println(message.Topic(), string(message.Payload()))
		})
	device := mqtt.NewClient(options)
	if token := device.Connect(); token.Wait() && token.Error() != nil {
		panic(token.Error())
	}
	device.Publish("/sys/"+productKey+"/"+deviceName+"/thing/event/property/post", 1, false,
		`{"id":"1","version":"1.0","params":{"Brightness":42}}`).Wait()
	time.Sleep(time.Minute)
}
