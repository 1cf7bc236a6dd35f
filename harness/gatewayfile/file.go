// Package gatewayfile reads what users write of their gateways: gatequake.yaml, and Toxiproxy's own file of links.
package gatewayfile

import (
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/suggest"
	"github.com/gatequake/gatequake/harness/yamldoc"
)

// Patience is how long a client of a gateway of the user's own waits whose file says nothing: what people take, and
// less than most gateways' own defaults.
const Patience = 10 * time.Second

// ownFile is a file on its way into a gateway.Own.
type ownFile struct {
	doc *yamldoc.Doc
	gateway.Own
}

// Parse reads what a file says of a gateway of the user's own; gatequake survey writes such files. The error is one
// line that begins with file:line:column.
func Parse(name string, text []byte) (gateway.Own, error) {
	f, err := readOwnFile(name, text)
	if err != nil {
		return f.Own, err
	}
	for _, check := range []func() error{f.checkHead, f.checkUpstreams, f.checkProbes, f.checkBlocks} {
		if err := check(); err != nil {
			return f.Own, err
		}
	}
	return f.Own, nil
}

// readOwnFile reads the file, and checks no more than its keys and types.
func readOwnFile(name string, text []byte) (*ownFile, error) {
	f := &ownFile{}
	var err error
	if f.doc, err = yamldoc.Read(name, text, &f.Own, "what gatequake survey writes"); err == nil {
		return f, nil
	}
	var wrong *yamldoc.Error
	if errors.As(err, &wrong) && wrong.Unknown() != "" {
		if near := suggest.Nearest(wrong.Unknown(), keysOf(reflect.TypeFor[gateway.Own]())); near != "" {
			err = fmt.Errorf("%w; did you mean %s?", err, near)
		}
	}
	return f, err
}

// keysOf lists the keys of a mapping, and of all mappings in it.
func keysOf(t reflect.Type) []string {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[netip.AddrPort]() {
		return nil
	}
	all := []string{}
	for i := range t.NumField() {
		key, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if key != "" && key != "-" {
			all = append(append(all, key), keysOf(t.Field(i).Type)...)
		}
	}
	return all
}

// fault is an error about what stands at the path: keys, and places in lists.
func (f *ownFile) fault(path []any, got, want string) error {
	return fmt.Errorf("%s: %s: got %s, want %s", f.doc.At(path...), yamldoc.Words(path), got, want)
}

func where(path ...any) []any { return path }

func (f *ownFile) checkHead() error {
	if f.Patience == 0 {
		f.Patience = Patience
	}
	switch {
	case f.Name == "" || strings.ContainsAny(f.Name, " /"):
		return f.fault(where("name"), fmt.Sprintf("%q", f.Name), "a word, which reports call the gateway by")
	case f.Kind() == gateway.KindOwn && (len(f.Command) == 0 || f.Command[0] == ""):
		return f.fault(where("command"), "none", "the words of the command that starts the gateway")
	case f.Patience < 0:
		return f.fault(where("patience"), f.Patience.String(), "more than 0")
	case f.NamesKept < 0:
		return f.fault(where("names-kept"), f.NamesKept.String(), "more than 0")
	case f.Kind() == gateway.KindOwn && len(f.Listeners) == 0:
		return f.fault(where("listeners"), "none", "one at least, such as {at: 0.0.0.0:80, speaks: http}")
	}
	if err := f.checkAuthorities(); err != nil {
		return err
	}
	return f.checkListeners()
}
