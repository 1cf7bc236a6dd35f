package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEveryMistakeIsOneLineAndStatus64(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, want string }{
		{"rnu", `no command "rnu"; did you mean run? there are: completion, `},
		{"zzzzzz", `no command "zzzzzz"; there are: completion, `},
		{"help zzzzzz", `no command "zzzzzz"`},
		{"completion ksh", `got "ksh", want one of bash, fish`},
		{"run extra", `got argument "extra", want none`},
		{"run --wrokers 3", `no flag "--wrokers"; did you mean --workers?`},
		{"run -x", `no flag "-x"`},
		{"run --workers", "flag needs an argument: --workers"},
		{"run --workers 0", `invalid argument "0" for "--workers" flag: want a whole number, 1 or more`},
		{"run --workers many", `invalid argument "many" for "--workers" flag`},
		{"run --portable=maybe", `invalid argument "maybe" for "--portable" flag`},
		{"run --gateway ngnix", `no gateway "ngnix"; did you mean nginx? there are: `},
		{"run --gateway=", "--gateway: got nothing"},
		{"run --gateway builtin,", "got an empty gateway name"},
		{"run --setting stok", `no setting "stok"; did you mean stock? there are: document, stock`},
		{"run --only refusd", `no experiment "refusd"; did you mean refused?`},
		{"run --only ip-deny+nothing", `no experiment "ip-deny+nothing"`},
		{"run --cause dsn", `no cause "dsn"; did you mean dns? there are: overload, network`},
		{"run --only refused --cause dns", "--only refused leaves nothing of --cause dns"},
		{"run --gateway builtin --report " + file, "--report: make report folder"},
		{"run --gateway builtin --report " + file + "/below", "choose another folder"},
		{"run --gateways " + file, "want a folder of gateway folders (it is a file)"},
		{"run --gateways /does/not/exist", "(no such file or directory)"},
		{"run --gateways testdata/gateways/quits/document/none", "want a folder of gateway folders"},
		{"run --gateways testdata/broken-typo", "read own/gateway.yaml:1:8: "},
		{"run --gateways testdata/broken-field", `read own/gateway.yaml:2:1: unknown field "comand"`},
		{"run --gateways testdata/broken-missing", "read own/gateway.yaml: missing command, install, settings"},
		{"run --gateways ../../fixtures/gateways", "is known already; give the folder another name"},
		{"explain", "got 0 arguments, want the ID of one experiment"},
		{"explain refused garbage", "got 2 arguments"},
		{"explain zzzzzz", `no experiment "zzzzzz"`},
		{"list nothing", `no list "nothing"; there are: faults, blocks, gateways`},
		{"list faults blocks", "got 2 arguments, want one of faults"},
		{"shell", "got 0 arguments"},
		{"shell zzzzzz", `no experiment "zzzzzz"`},
		{"shell refused --gateway zzzzzz", `no gateway "zzzzzz"`},
		{"shell refused --setting zzzzzz", `no setting "zzzzzz"; there are: document, stock`},
		{
			"run --policy documnet",
			`no policy, and no file, "documnet"; did you mean document? there are: document, rfc9209`,
		},
		{
			"run --policy testdata/bad-policy.yaml",
			`testdata/bad-policy.yaml:3:3: experiments: got "refsued"; did you mean refused?`,
		},
		{"run --remedies refresh", `got argument "refresh", want none`},
		{"run --remedies=refrehs", `no remedy "refrehs"; did you mean refresh? there are: refresh, `},
		{"run --remedies=", "--remedies: got nothing"},
		{"run --remedies --only error-500", `no experiment "error-500"; there are: `},
		{"run --remedies --only refused@cold", `no experiment "refused@cold"; did you mean refused? there are: `},
		{"run --remedies --gateway ngnix", `no gateway "ngnix"; did you mean nginx? there are: `},
		{"run --remedies --repeat 2", "got --repeat with --remedies"},
		{"run --repeat 0", "want a whole number, 1 or more"},
		{"survey", "survey: got no command, want one after two dashes"},
		{"survey true", `got argument "true", want -- before the command`},
		{"survey -- no-such-gateway", `"no-such-gateway": executable file not found`},
		{"survey --file " + file + " -- true", "it is there already; name another, or write over it with --force"},
		{"run -- no-such-gateway", `"no-such-gateway": executable file not found`},
		{"run --file a -- true", "got --file a and a command, want one of them"},
		{"run --gateway builtin -- true", "with a gateway of your own, want it alone"},
		{"run --portable -- true", "needs a world with namespaces"},
		{"run --file /does/not/exist", "--file: open /does/not/exist: no such file"},
		{"run --file testdata/own/empty.yaml", "empty.yaml:1:1: got an empty file"},
		{
			"run --file testdata/own/comment.yaml",
			"comment.yaml:1:1: got nothing but marks and comments, want what gatequake survey writes",
		},
		{
			"run --file testdata/own/marks.yaml",
			"marks.yaml:1:1: got nothing but marks and comments, want what gatequake survey writes",
		},
		{"run --file testdata/own/tag.yaml", "tag.yaml:1:1: got a tag, want what gatequake survey writes"},
		{
			"run --policy testdata/own/comment.yaml",
			"--policy: testdata/own/comment.yaml:1:1: got nothing but marks and comments, want a policy",
		},
		{
			"run --url http://127.0.0.1:1/ --link a=127.0.0.1:9->127.0.0.1:8 --file testdata/own/tag.yaml",
			"tag.yaml:1:1: got a tag, want what gatequake",
		},
		{
			"run --gateways testdata/broken-comment",
			"read own/gateway.yaml:1:1: got nothing but marks and comments, want what describes a gateway",
		},
		{"run --file testdata/own/key.yaml", `key.yaml:4:1: unknown field "patiense"; did you mean patience?`},
		{"run --file testdata/own/type.yaml", "type.yaml:8:44: got a string, want a whole number"},
		{"run --file testdata/own/twice.yaml", `twice.yaml:18:5: probes: 1: name: got "root" twice`},
		{
			"run --file testdata/own/unknown.yaml",
			`unknown.yaml:22:5: probes: 1: upstreams: got "apy", want one of shop, api, pay, app`,
		},
		{
			"run --file testdata/own/port.yaml",
			`port.yaml:24:5: probes: 2: url: got "http://shop.test:8081/pay/", want the port of one of the listeners`,
		},
		{"run --file testdata/own/from.yaml", `blocks: 1: from: got "here", want an IP address`},
		{
			"run --file testdata/own/ways.yaml",
			"upstreams: 1: name: got 2 of host, address and socket, want one of them",
		},
		{
			"run --file testdata/own/block.yaml",
			`blocks: 1: name: got "refused", which is an experiment of Gatequake's own`,
		},
		{
			"run --file testdata/own/command.yaml",
			`command.yaml: command: exec: "no-such-gateway": executable file not found`,
		},
		{"run --link orders=127.0.0.1:9->127.0.0.1:8", "--link: got no --url"},
		{"run --allow-remote", "--allow-remote: got no --url"},
		{
			"run --url http://127.0.0.1:1/",
			"got no link, want one at least: --link NAME=LISTEN->UPSTREAM, or --toxiproxy-config FILE",
		},
		{"run --url 127.0.0.1:1", `--url: got "127.0.0.1:1", want a URL such as http://127.0.0.1:8080/`},
		{"run --url ftp://127.0.0.1/", "--url: got"},
		{"run --url http://me:secret@127.0.0.1/", "--url: got"},
		{
			"run --url http://192.0.2.1/",
			`--url: got "192.0.2.1:80" (192.0.2.1), which is not on this machine's loopback; want a loopback address, or --allow-remote`,
		},
		{"run --url http://0.0.0.0/", "which is every address, want one"},
		{"run --url http://127.0.0.1:99999/", "--url: got"},
		{"run --url http://127.0.0.1:1/ --portable", "got --portable with --url"},
		{"run --url http://127.0.0.1:1/ --gateway builtin", "got --gateway or --gateways with --url"},
		{"run --url http://127.0.0.1:1/ -- true", "got --url http://127.0.0.1:1/ and a command"},
		{"run --url http://127.0.0.1:1/ --link orders", `--link: got "orders", want NAME=LISTEN->UPSTREAM`},
		{"run --url http://127.0.0.1:1/ --link orders=127.0.0.1:9001-", "in quotes: a shell takes > for its own"},
		{"run --url http://127.0.0.1:1/ --link =127.0.0.1:9->127.0.0.1:8", `--link: name: got ""`},
		{
			"run --url http://127.0.0.1:1/ --link a=127.0.0.1->127.0.0.1:8",
			`--link: a: listen: got "127.0.0.1", want HOST:PORT`,
		},
		{
			"run --url http://127.0.0.1:1/ --link a=127.0.0.1:0->127.0.0.1:8",
			`--link: a: listen: got "127.0.0.1:0", want a port`,
		},
		{
			"run --url http://127.0.0.1:1/ --link a=127.0.0.1:9->192.0.2.1:8",
			`--link: a: upstream: got "192.0.2.1:8" (192.0.2.1), which is not on this machine's loopback`,
		},
		{
			"run --url http://127.0.0.1:1/ --link a=192.0.2.1:9->127.0.0.1:8 --allow-remote",
			"--link: a: listen at 192.0.2.1:9: this machine has no such address",
		},
		{"run --url http://127.0.0.1:1/ --link a=127.0.0.1:1->127.0.0.1:8", "which is the gateway's own address"},
		{
			"run --url http://127.0.0.1:1/ --link a=127.0.0.1:9->127.0.0.1:8 --link a=127.0.0.1:7->127.0.0.1:6",
			`got the name "a" twice`,
		},
		{
			"run --url http://127.0.0.1:1/ --link a=127.0.0.1:9->127.0.0.1:8 --link b=127.0.0.1:9->127.0.0.1:6",
			"where a is already",
		},
		{
			"run --url http://127.0.0.1:1/ --link a=127.0.0.1:9->127.0.0.1:9",
			"where the link a listens, want the upstream itself",
		},
		{
			"run --url http://127.0.0.1:1/ --link a=127.0.0.1:9->127.0.0.1:8 --only refsued",
			`no experiment "refsued"; did you mean refused?`,
		},
		{
			"run --url http://127.0.0.1:1/ --link a=127.0.0.1:9->127.0.0.1:8 --file testdata/own/key.yaml",
			`key.yaml:4:1: unknown field "patiense"`,
		},
		{
			"run --url http://127.0.0.1:1/ --link a=127.0.0.1:9->127.0.0.1:8 --write-toxiproxy-config " + file + "/no",
			"--write-toxiproxy-config: ",
		},
		{
			"run --url http://127.0.0.1:1/ --toxiproxy-config /does/not/exist",
			"--toxiproxy-config: open /does/not/exist",
		},
		{
			"run --url http://127.0.0.1:1/ --toxiproxy-config testdata/toxiproxy/key.json",
			`testdata/toxiproxy/key.json:2:22: got the key "lisen"`,
		},
		{
			"run --url http://127.0.0.1:1/ --toxiproxy-config testdata/toxiproxy/twice.json",
			`testdata/toxiproxy/twice.json:3:3: got the name "orders" twice`,
		},
		{
			"run --url http://127.0.0.1:1/ --toxiproxy-config testdata/toxiproxy/remote.json",
			`remote.json:2:3: orders: upstream: got "192.0.2.1:80" (192.0.2.1)`,
		},
		{
			"run --url http://127.0.0.1:1/ --toxiproxy-config testdata/toxiproxy/twice.json --link a=127.0.0.1:9->127.0.0.1:8",
			"got --link and --toxiproxy-config, want one of them",
		},
		{
			"run --file testdata/own/protocol.yaml",
			`protocol.yaml:13:5: probes: 0: protocol: got "http/3", want one of http/1.1, http/1.0, http/2, websocket, grpc`,
		},
		{"run --file testdata/own/asks.yaml", `asks.yaml:13:5: probes: 0: asks: got "both", want one or all`},
		{
			"run --file testdata/own/nameserver.yaml",
			`nameserver.yaml:10:5: upstreams: 0: nameserver: got "docker", want an IP address or resolv.conf`,
		},
		{
			"run --policy /dev/zero",
			"--policy: open /dev/zero: got a file of the kernel's in /dev, want an ordinary file",
		},
		{
			"run --file /proc/self/pagemap",
			"--file: open /proc/self/pagemap: got a file of the kernel's in /proc, want an ordinary file",
		},
		{
			"run --url http://127.0.0.1:1/ --toxiproxy-config /dev/zero",
			"--toxiproxy-config: open /dev/zero: got a file of the kernel's",
		},
		{
			"run --url http://127.0.0.1:1/ --link a=127.0.0.1:9->127.0.0.1:8 --file /dev/zero",
			"--file: open /dev/zero: got a file of the kernel's",
		},
		{
			"diagnose --har /dev/zero",
			"--har: /dev/zero: got a file of the kernel's in /dev, want an ordinary file; want a recording",
		},
		{
			"diagnose --status 502 --body /dev/zero",
			"--body: /dev/zero: got a file of the kernel's in /dev, want an ordinary file; want the file with the page",
		},
		{"diagnose --har .", "--har: .: got a folder, want an ordinary file"},
		{"report /proc/self/pagemap", "got a file of the kernel's in /proc, want an ordinary file"},
		{"doctor now", `got argument "now", want none`},
	} {
		t.Run(c.args, func(t *testing.T) {
			o := gatequake(strings.Split(c.args, " ")...)
			o.is(t, statusUsage, c.want)
			if o.out != "" || strings.Count(o.err, "\n") != 1 || !strings.HasPrefix(o.err, "gatequake: ") {
				t.Errorf("got output %q and error %q, want one line of error", o.out, o.err)
			}
		})
	}
}

func TestHostileArgumentIsEscaped(t *testing.T) {
	o := gatequake("run", "--only", "\x1b[31mred\nfoo")
	o.is(t, statusUsage, `\x1b`)
	if strings.Contains(o.err, "\x1b") || strings.Count(o.err, "\n") != 1 {
		t.Errorf("got %q, want one harmless line", o.err)
	}
}
