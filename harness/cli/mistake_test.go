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
		{"run --policy documnet", `no policy, and no file, "documnet"; did you mean document? there are: document, rfc9209`},
		{"run --policy testdata/bad-policy.yaml", `testdata/bad-policy.yaml:3:3: experiments: got "refsued"; did you mean refused?`},
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
		{"run --file testdata/own/key.yaml", `key.yaml:4:1: unknown field "patiense"; did you mean patience?`},
		{"run --file testdata/own/type.yaml", "type.yaml:8:44: got a string, want a whole number"},
		{"run --file testdata/own/twice.yaml", `twice.yaml:18:5: probes: 1: name: got "root" twice`},
		{"run --file testdata/own/unknown.yaml", `unknown.yaml:22:5: probes: 1: upstreams: got "apy", want one of shop, api, pay, app`},
		{"run --file testdata/own/port.yaml", `port.yaml:24:5: probes: 2: url: got "http://shop.test:8081/pay/", want the port of one of the listeners`},
		{"run --file testdata/own/from.yaml", `blocks: 1: from: got "here", want an IP address`},
		{"run --file testdata/own/ways.yaml", "upstreams: 1: name: got 2 of host, address and socket, want one of them"},
		{"run --file testdata/own/block.yaml", `blocks: 1: name: got "refused", which is an experiment of Gatequake's own`},
		{"run --file testdata/own/command.yaml", `command.yaml: command: exec: "no-such-gateway": executable file not found`},
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
