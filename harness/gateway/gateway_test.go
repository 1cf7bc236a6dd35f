package gateway

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gatequake/gatequake/fixtures"
)

const whole = `about: a shell that sleeps
command: ["sh", "{{.Dir}}/run.sh"]
version: {command: [sh, -c, "echo shell 1.2.3"], pattern: 'shell ([0-9.]+)'}
install: it comes with every system
logs: [own.log]
settings: {stock: {about: as it comes, within: {connect: 1500ms}}}
`

func folder(yaml, script string) fstest.MapFS {
	return fstest.MapFS{"sleeper/gateway.yaml": {Data: []byte(yaml)}, "sleeper/stock/run.sh": {Data: []byte(script)}}
}

func TestKnownGatewaysAreWhole(t *testing.T) {
	all, err := All(fixtures.Gateways())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		for name, s := range d.Settings {
			if s.Within.Response == 0 || s.Within.Connect == 0 || s.Within.Resolve == 0 {
				t.Errorf("%s/%s: got %+v, want a limit for each phase that waits", d.Name, name, s.Within)
			}
		}
		for _, name := range []string{"stock", "document"} {
			if _, ok := d.Settings[name]; !ok {
				t.Errorf("%s: no setting %s", d.Name, name)
			}
		}
		for _, k := range d.Deviations {
			if k.Reason == "" || k.Link == "" {
				t.Errorf("%s: deviation of %v: want a reason and a link", d.Name, k.Experiments)
			}
		}
	}
}

func TestLoadSaysWhatIsWrong(t *testing.T) {
	for want, yaml := range map[string]string{
		"missing about, install": strings.NewReplacer("about: a shell that sleeps\n", "",
			"install: it comes with every system\n", "").Replace(whole),
		`sleeper/gateway.yaml:2:1: unknown field "comand"`: strings.Replace(whole, "command: [\"sh\"",
			"comand: [\"sh\"", 1),
		`invalid duration "soon"`: strings.Replace(whole, "1500ms", "soon", 1),
		"chance with 1 outcomes": whole + "deviations: [{experiments: [refused], settings: [stock], chance: " +
			"[{observed: pass}], reason: so, link: x}]\n",
		"an outcome without observed": whole + "deviations: [{experiments: [refused], settings: [stock], reason: " +
			"so, link: x}]\n",
		"setting other: open sleeper/oth": strings.Replace(whole, "{stock:", "{other:", 1),
	} {
		if _, err := Load(folder(yaml, ""), "sleeper"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
	for want, script := range map[string]string{
		"sleeper/stock/run.sh:2:7: there is no variable .Lisen":          "\nexec {{.Lisen}}",
		"sleeper/stock/run.sh:1:26: there is no variable .Lisen":         "{{if .Down}}a bit; exec {{.Lisen}}{{end}}",
		"sleeper/stock/run.sh:2: bad character":                          "\nexec {{.Listen}",
		`sleeper/stock/run.sh:1: function "port" not defined`:            "{{port .Listen}}",
		"sleeper/gateway.yaml: command: argument 2:1:2: there is no var": "",
	} {
		yaml := whole
		if script == "" {
			yaml = strings.Replace(whole, ".Dir", ".Dri", 1)
		}
		if _, err := Load(folder(yaml, script), "sleeper"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}

func TestFind(t *testing.T) {
	d, err := Load(folder(whole, ""), "sleeper")
	if err != nil {
		t.Fatal(err)
	}
	if v, err := d.Find(t.Context()); v != "1.2.3" || err != nil {
		t.Errorf("got %q, %v; want 1.2.3", v, err)
	}
	t.Setenv("CI_TOKEN", "9.9.9")
	d.Version.Command = []string{"sh", "-c", "echo shell ${CI_TOKEN:-1.2.3}"}
	if v, err := d.Find(t.Context()); v != "1.2.3" || err != nil {
		t.Errorf("got %q, %v; want 1.2.3: it is asked with no variable that nobody named", v, err)
	}
	d.Command[0] = "no-such-gateway"
	if _, err := d.Find(t.Context()); !errors.Is(err, ErrNotInstalled) || !strings.Contains(err.Error(), d.Install) {
		t.Errorf("got %v, want ErrNotInstalled with the hint", err)
	}
}

func start1(t *testing.T, script string) (*Process, string) {
	t.Helper()
	d, err := Load(folder(whole, script), "sleeper")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	p, err := d.Start("stock", Vars{Dir: dir, Listen: netip.MustParseAddrPort("127.0.0.1:1")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p, dir
}

func TestStartRendersAndLogs(t *testing.T) {
	p, dir := start1(t, "echo listening on {{.Listen}}; printf 'own\\377\\033[31m line\\n' > {{.Dir}}/own.log; exit 7")
	<-p.Exited()
	if p.Dead() != "exit status 7" {
		t.Errorf("got %q, want exit status 7", p.Dead())
	}
	got := strings.Join(p.Since(nil), "|")
	if got != "listening on 127.0.0.1:1|own. line" {
		t.Errorf("got log %q", got)
	}
	mark := p.Mark()
	if err := os.WriteFile(filepath.Join(dir, "own.log"), []byte("own....[31m line\nlater\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(p.Since(mark), "|"); !strings.HasSuffix(got, "later") || strings.Contains(got, "listening") {
		t.Errorf("got log %q since the mark", got)
	}
}

func TestStopEndsAGatewayThatIgnoresSIGTERM(t *testing.T) {
	p, dir := start1(t, "trap '' TERM; touch {{.Dir}}/ready; while :; do sleep 0.1; done")
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
		_, err := os.Stat(filepath.Join(dir, "ready"))
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	p.Stop()
	if p.Dead() != "signal: killed" {
		t.Errorf("got %q, want it killed", p.Dead())
	}
}

func TestLogsAreBounded(t *testing.T) {
	p, _ := start1(t, "i=0; while [ $i -lt 300 ]; do echo line $i; i=$((i+1)); done; head -c 2000 /dev/zero | tr "+
		"'\\0' x")
	<-p.Exited()
	lines := p.Since(nil)
	if len(lines) != maxLogLines || len(lines[maxLogLines-1]) > maxLineLen+len("…") {
		t.Errorf("got %d lines, the last of %d bytes; want %d, and at most %d", len(lines), len(lines[len(lines)-1]),
			maxLogLines, maxLineLen)
	}
}
