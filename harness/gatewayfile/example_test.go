package gatewayfile_test

import (
	"fmt"

	"github.com/gatequake/gatequake/harness/gatewayfile"
)

// What a file says of a gateway of the user's own: each probe with an upstream that it touches is a setting.
func ExampleParse() {
	own, err := gatewayfile.Parse("gatequake.yaml", []byte(`
name: edge
command: [nginx, -c, nginx.conf]
listeners: [{at: "0.0.0.0:80", speaks: http}]
upstreams: [{name: shop, host: shop.internal, port: 3000, speaks: http}]
probes: [{name: root, url: "http://shop.example.com/", expect: {status: 200}, upstreams: [shop]}]
`))
	fmt.Println(own.Name, own.Definition().SettingNames(), err)

	_, err = gatewayfile.Parse("gatequake.yaml", []byte("name: edge\ncomand: [nginx]"))
	fmt.Println(err)
	// Output:
	// edge [root/shop] <nil>
	// gatequake.yaml:2:1: unknown field "comand"; did you mean command?
}

// The file of Toxiproxy's own flag -config.
func ExampleParsePopulation() {
	proxies, err := gatewayfile.ParsePopulation("toxiproxy.json", []byte(`[
  {"name": "orders", "listen": "127.0.0.1:9001", "upstream": "127.0.0.1:9000", "enabled": true}
]`))
	fmt.Println(proxies[0].At, proxies[0].Name, err)

	_, err = gatewayfile.ParsePopulation("toxiproxy.json", []byte("[\n  {\"name\": \"orders\", \"lisen\": \"127.0.0.1:9001\"}\n]"))
	fmt.Println(err)
	// Output:
	// toxiproxy.json:2:3 orders <nil>
	// toxiproxy.json:2:22: got the key "lisen", want one of name, listen, upstream, enabled, toxics; did you mean listen?
}
