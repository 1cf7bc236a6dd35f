package harness

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/gatequake/gatequake/harness/gateway"
)

// Patience is how long a client of a gateway of the user's own waits whose file says nothing: what people take, and less than most gateways' own defaults.
const Patience = 10 * time.Second

// ownFile is a file on its way into a gateway.Own.
type ownFile struct {
	name string
	tree *ast.File
	gateway.Own
}

// ParseOwn reads what a file says of a gateway of the user's own; gatequake survey writes such files. The error is one line that begins with file:line:column.
func ParseOwn(name string, text []byte) (gateway.Own, error) {
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
	f := &ownFile{name: name}
	if len(strings.TrimSpace(string(text))) == 0 {
		return f, fmt.Errorf("%s:1:1: got an empty file, want what gatequake survey writes", name)
	}
	if err := yaml.UnmarshalWithOptions(text, &f.Own, yaml.Strict()); err != nil {
		return f, plainly(placed(name, err), err)
	}
	var err error
	if f.tree, err = parser.ParseBytes(text, 0); err != nil {
		return f, placed(name, err)
	}
	return f, nil
}

// wrongType is how the parser tells that a value is of another type than its key's.
var wrongType = regexp.MustCompile(`cannot unmarshal (\S+) into Go struct field \S+ of type (\S+)$`)

// typeWords are what people call types.
var typeWords = map[string]string{"uint16": "whole number", "int": "whole number", "int64": "time such as 10s", "time.Duration": "time such as 10s", "bool": "true or false"}

// plainly says what is wrong in the words of people. To a key that is not known it adds the nearest that is.
func plainly(told, err error) error {
	if m := wrongType.FindStringSubmatchIndex(told.Error()); m != nil {
		text := told.Error()
		want := text[m[4]:m[5]]
		return fmt.Errorf("%sgot a %s, want a %s", text[:m[0]], text[m[2]:m[3]], cmp.Or(typeWords[want], want))
	}
	var y yaml.Error
	if !errors.As(err, &y) || !strings.HasPrefix(y.GetMessage(), "unknown field") {
		return told
	}
	if near := Nearest(y.GetToken().Value, keysOf(reflect.TypeFor[gateway.Own]())); near != "" {
		return fmt.Errorf("%w; did you mean %s?", told, near)
	}
	return told
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
	node := ast.Node(f.tree.Docs[0].Body)
	place, words := node, []string{}
	for _, step := range path {
		words = append(words, fmt.Sprint(step))
		switch step := step.(type) {
		case string:
			for _, entry := range entries(node) {
				if entry.Key.GetToken().Value == step {
					place, node = entry.Key, entry.Value
				}
			}
		case int:
			if list, ok := node.(*ast.SequenceNode); ok && step < len(list.Values) {
				place, node = list.Values[step], list.Values[step]
			}
		}
	}
	p := place.GetToken().Position
	return fmt.Errorf("%s:%d:%d: %s: got %s, want %s", f.name, p.Line, p.Column, strings.Join(words, ": "), got, want)
}

func where(path ...any) []any { return path }

func (f *ownFile) checkHead() error {
	if f.Patience == 0 {
		f.Patience = Patience
	}
	switch {
	case f.Name == "" || strings.ContainsAny(f.Name, " /"):
		return f.fault(where("name"), fmt.Sprintf("%q", f.Name), "a word, which reports call the gateway by")
	case f.Elsewhere == nil && (len(f.Command) == 0 || f.Command[0] == ""):
		return f.fault(where("command"), "none", "the words of the command that starts the gateway")
	case f.Patience < 0:
		return f.fault(where("patience"), f.Patience.String(), "more than 0")
	case f.Elsewhere == nil && len(f.Listeners) == 0:
		return f.fault(where("listeners"), "none", "one at least, such as {at: 0.0.0.0:80, speaks: http}")
	}
	return nil
}
