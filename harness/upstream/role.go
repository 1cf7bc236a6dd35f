package upstream

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"

	"github.com/gatequake/gatequake/harness/self"
)

// role is what a Process is started as.
const role = "upstream"

// eventsFD is where a Process writes its events: the first descriptor after the standard three, because anything
// may print to those.
const eventsFD = 3

func init() { self.Role(role, play) }

// part is what a Process plays in all its lives.
type part struct {
	Name   string   `json:"name"`
	Speaks Language `json:"speaks"`
	// Certificate and Key are in PEM, and empty for plain text. The key is that of a world, and worth nothing outside.
	Certificate []byte `json:"certificate,omitempty"`
	Key         []byte `json:"key,omitempty"`
}

func partOf(o ProcessOptions) (part, error) {
	p := part{Name: o.Name, Speaks: o.Speaks}
	if o.Certificate == nil {
		return p, nil
	}
	key, err := x509.MarshalPKCS8PrivateKey(o.Certificate.PrivateKey)
	if err != nil {
		return p, err
	}
	p.Certificate = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: o.Certificate.Certificate[0]})
	p.Key = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})
	return p, nil
}

// args are those of a life at the address that begins with the script.
func (p part) args(listen string, s Script) []string {
	text, _ := json.Marshal(p) // It is of strings alone.
	return []string{listen, string(s), string(text)}
}

// options are those of the origin that plays the part.
func (p part) options() (Options, error) {
	o := Options{Name: p.Name, Speaks: p.Speaks}
	if len(p.Certificate) == 0 {
		return o, nil
	}
	cert, err := tls.X509KeyPair(p.Certificate, p.Key)
	o.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	return o, err
}

// play is the life of a Process, seen from inside. Its arguments are the address, the first script and the part;
// every line of its standard input is the script that it goes on with, and the end of it, which comes when the
// parent dies, is its own end.
func play(args []string) int {
	events := json.NewEncoder(os.NewFile(eventsFD, "events"))
	tell := func(e event) {
		if err := events.Encode(e); err != nil {
			os.Exit(1) // nobody listens: the parent is dead
		}
	}
	listen, script, plays := args[0], Script(args[1]), part{}
	err := json.Unmarshal([]byte(args[2]), &plays)
	options, bad := plays.options()
	if err := errors.Join(err, bad); err != nil {
		tell(event{Error: err.Error()})
		return 1
	}
	// From the first on: a request may be there before this process has said that it listens.
	origin, err := start(listen, options, tell, scripts[script])
	if err != nil {
		tell(event{Error: err.Error()})
		return 1
	}
	undo := func() {}
	origin.note(event{Listening: origin.Addr()})
	commands := bufio.NewScanner(os.Stdin)
	for played := 1; commands.Scan(); played++ {
		before := undo
		undo = origin.Behave(scripts[Script(commands.Text())])
		before()
		origin.note(event{Played: played})
	}
	return 0
}
